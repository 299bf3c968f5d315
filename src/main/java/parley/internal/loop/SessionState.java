package parley.internal.loop;

import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.DefaultIoSessionDataStructureFactory;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.session.Watermark;

/**
 * Holds all that Parley knows about one session. MINA keeps it as the session's attribute map, so
 * {@link #of} is a field read and a cast. Attributes that applications set are in a map of MINA's
 * that is made for the first of them.
 *
 * <p>Parts of layers above are kept by the interface that the engine asks; the filter that made a
 * part knows its class. Any thread may call; what a part allows is said by its class.
 */
public final class SessionState implements IoSessionAttributeMap, Association.Known {

  private static final Object ADOPTING = new Object();
  private static final DefaultIoSessionDataStructureFactory MINA =
      new DefaultIoSessionDataStructureFactory();

  private final Input input;
  private final InFlight inFlight;
  private final SessionLifecycle lifecycle;
  private volatile @Nullable EventLoop loop;
  private volatile @Nullable IoSessionAttributeMap users;
  private volatile @Nullable Association association;
  private volatile @Nullable String associationText;
  private volatile PluginContext context = PluginContext.NONE;
  private volatile @Nullable InetAddress source;
  private volatile @Nullable Handshake proxy;
  private volatile @Nullable Handshake tls;
  private volatile @Nullable CodecState codec;
  private volatile @Nullable Watermark heldMark;
  private volatile @Nullable SessionDeadlines deadlines;
  private @Nullable Deadline filed; // on the loop's thread
  private volatile @Nullable Executor events;
  private volatile @Nullable Answers answers;
  private volatile @Nullable IoHandler handler;

  /** What a filter that holds a session back knows of its handshake. */
  public interface Handshake {

    /** The number of the record that the peer has begun and not ended; 0 if there is none. */
    default long recordBegun() {
      return 0;
    }

    /** What it is about: a ProxyHeader, an SSLSession; null before that is known. */
    @Nullable Object result();
  }

  /** What the codec's filter knows of the frames of a session. */
  public interface CodecState {

    /** How many frames were handed on, modulo 2^32. */
    int delivered();

    /** Whether the peer has begun a frame and not ended it. */
    boolean isInFrame();

    /** Whether nothing keeps the buffer of the next read after its event. */
    boolean readsInPlace();
  }

  /** The answers of a session that are still to come. */
  public interface Answers {

    /** Whether there is one. */
    boolean any();

    /** Whether one has failed, or was the last: nothing may come after it. */
    boolean hasEnded();
  }

  SessionState(IoSession session, @Nullable IoSessionAttributeMap users) {
    this.users = users;
    this.input = new Input(session);
    this.inFlight = new InFlight(session);
    this.lifecycle = new SessionLifecycle(session);
  }

  /**
   * The state of a session; one that another service has made gets it now, with its attributes.
   *
   * @throws ClassCastException for a session that is not one of MINA's own classes
   */
  public static SessionState of(IoSession session) {
    AbstractIoSession own = (AbstractIoSession) session;
    return own.getAttributeMap() instanceof SessionState state ? state : adopt(own);
  }

  private static SessionState adopt(AbstractIoSession session) {
    synchronized (ADOPTING) {
      IoSessionAttributeMap before = session.getAttributeMap();
      if (before instanceof SessionState state) {
        return state;
      }
      SessionState made = new SessionState(session, before);
      session.setAttributeMap(made);
      return made;
    }
  }

  Input input() {
    return input;
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** Where the session is in its life. */
  public SessionLifecycle lifecycle() {
    return lifecycle;
  }

  @Nullable EventLoop loop() {
    return loop;
  }

  /** Sets the loop of a session that has none; returns the one that it has. */
  synchronized EventLoop dealTo(EventLoop next) {
    EventLoop known = loop;
    if (known == null) {
      loop = next;
      return next;
    }
    return known;
  }

  @Override
  public @Nullable Association association() {
    return association;
  }

  @Override
  public void setAssociation(Association its) {
    association = its;
    associationText = null;
  }

  /** The session's association, as the log has it. */
  public static String associationText(IoSession session) {
    SessionState state = of(session);
    String known = state.associationText;
    if (known == null) {
      known = String.valueOf(Association.of(session));
      state.associationText = known;
    }
    return known;
  }

  /** What the listeners of the session's futures run with. */
  PluginContext context() {
    return context;
  }

  void setContext(PluginContext its) {
    context = its;
  }

  /** The address that the session counts for; null if it counts for none. */
  public @Nullable InetAddress source() {
    return source;
  }

  /** Sets the address that the session counts for. */
  public void setSource(InetAddress address) {
    source = address;
  }

  /** The header of a proxy, which it waits for or has; null without one. */
  public @Nullable Handshake proxy() {
    return proxy;
  }

  /** Sets what waits for the header of a proxy. */
  public void setProxy(Handshake its) {
    proxy = its;
  }

  /** The last event of the watermarks while it was held back. */
  public @Nullable Watermark heldMark() {
    return heldMark;
  }

  /** Keeps an event of the watermarks that the session's handler is not to see yet. */
  public void setHeldMark(Watermark mark) {
    heldMark = mark;
  }

  /** TLS, once it has begun; null without it. */
  public @Nullable Handshake tls() {
    return tls;
  }

  /** Sets what speaks TLS. */
  public void setTls(Handshake its) {
    tls = its;
  }

  /** Its frames; null before the first event that the codec's filter has seen. */
  public @Nullable CodecState codec() {
    return codec;
  }

  /** Sets its frames; null when the session has closed. */
  public void setCodec(@Nullable CodecState its) {
    codec = its;
  }

  /** The deadlines that its reads and writes put off; null for none. */
  @Nullable SessionDeadlines deadlines() {
    return deadlines;
  }

  synchronized SessionDeadlines makeDeadlines(IoSession session) {
    SessionDeadlines made = deadlines;
    if (made == null) {
      made = new SessionDeadlines(session);
      deadlines = made;
    }
    return made;
  }

  /** One of its deadlines that the loop's sweeper has; the others are linked to it. */
  @Nullable Deadline filed() {
    return filed;
  }

  void link(Deadline its) {
    its.next = filed;
    filed = its;
  }

  void unlink(Deadline its) {
    Deadline before = filed;
    if (before == its) {
      filed = its.next;
    } else {
      while (before != null && before.next != its) {
        before = before.next;
      }
      if (before != null) {
        before.next = its.next;
      }
    }
    its.next = null;
  }

  /** Runs its handler's events, one by one, if the handler has threads of its own. */
  public @Nullable Executor events() {
    return events;
  }

  /** Sets what runs the handler's events. */
  public void setEvents(Executor its) {
    events = its;
  }

  /** Its answers that are still to come; null before the first of them. */
  public @Nullable Answers answers() {
    return answers;
  }

  /** Sets where answers wait. */
  public void setAnswers(Answers its) {
    answers = its;
  }

  /** The handler of this session alone, to which its service's hands the events on; or null. */
  public @Nullable IoHandler handler() {
    return handler;
  }

  /** Sets the handler of this session alone. */
  public void setHandler(IoHandler its) {
    handler = its;
  }

  @Override
  public @Nullable Object getAttribute(
      IoSession session, Object key, @Nullable Object defaultValue) {
    if (defaultValue != null) {
      return users(session).getAttribute(session, key, defaultValue);
    }
    IoSessionAttributeMap map = users;
    return map == null ? null : map.getAttribute(session, key, null);
  }

  @Override
  public @Nullable Object setAttribute(IoSession session, Object key, @Nullable Object value) {
    return users(session).setAttribute(session, key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(
      IoSession session, Object key, @Nullable Object value) {
    return users(session).setAttributeIfAbsent(session, key, value);
  }

  @Override
  public @Nullable Object removeAttribute(IoSession session, Object key) {
    IoSessionAttributeMap map = users;
    return map == null ? null : map.removeAttribute(session, key);
  }

  @Override
  public boolean removeAttribute(IoSession session, Object key, Object value) {
    IoSessionAttributeMap map = users;
    return map != null && map.removeAttribute(session, key, value);
  }

  @Override
  public boolean replaceAttribute(IoSession session, Object key, Object oldValue, Object newValue) {
    IoSessionAttributeMap map = users;
    return map != null && map.replaceAttribute(session, key, oldValue, newValue);
  }

  @Override
  public boolean containsAttribute(IoSession session, Object key) {
    IoSessionAttributeMap map = users;
    return map != null && map.containsAttribute(session, key);
  }

  @Override
  public Set<Object> getAttributeKeys(IoSession session) {
    IoSessionAttributeMap map = users;
    return map == null ? Set.of() : map.getAttributeKeys(session);
  }

  /** MINA's own keeps all until the session goes; so does this. */
  @Override
  public void dispose(IoSession session) throws Exception {
    IoSessionAttributeMap map = users;
    if (map != null) {
      map.dispose(session);
    }
  }

  private IoSessionAttributeMap users(IoSession session) {
    IoSessionAttributeMap map = users;
    return map == null ? makeUsers(session) : map;
  }

  private synchronized IoSessionAttributeMap makeUsers(IoSession session) {
    IoSessionAttributeMap map = users;
    if (map == null) {
      try {
        map = MINA.getAttributeMap(session);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      users = map;
    }
    return map;
  }
}
