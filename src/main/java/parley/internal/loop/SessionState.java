package parley.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLSession;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.DefaultIoSessionDataStructureFactory;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.telemetry.LoopMeter;
import parley.internal.telemetry.ServiceMeter;
import parley.session.EndReason;
import parley.session.Watermark;
import parley.telemetry.SessionRecord;

/**
 * The state of one session. MINA stores it as the session's attribute map, so {@link #of} is a
 * field read and a cast. Attributes of applications are in a MINA map that is created for the first
 * of them.
 *
 * <p>Parts of higher layers are stored by the interface that the engine calls; the filter that
 * created a part casts it to its class. Any thread may call these methods; the Javadoc of a part's
 * class has the rules for that part.
 */
public final class SessionState implements IoSessionAttributeMap, Association.Known {

  private static final VarHandle REQUESTS = requestsField();
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
  private @Nullable Deadline filed; // on the event-loop thread
  private volatile @Nullable LoopMeter meter;
  private volatile long began; // in nanoseconds
  private long requests; // changed on the event-loop thread
  private volatile float firstFrame = Float.NaN; // seconds after it began
  private volatile float longestAnswer = Float.NaN; // in seconds
  private volatile @Nullable HandlerQueue events;
  private volatile @Nullable Answers answers;
  private volatile @Nullable IoHandler handler;

  /** The handshake, as the filter that holds a session back sees it. */
  public interface Handshake {

    /** Returns the number of the record that the peer has started and not completed; 0 for none. */
    default long recordBegun() {
      return 0;
    }

    /** Returns its result, a ProxyHeader or an SSLSession; null before that is known. */
    @Nullable Object result();

    /** Returns the TLS session of a handshake that has succeeded, also after the end; or null. */
    default @Nullable SSLSession secured() {
      return null;
    }

    /** Returns the socket's remote endpoint, if the result has replaced it; otherwise null. */
    default @Nullable Endpoint peer() {
      return null;
    }

    /** Returns the connection's id in the result, or null. */
    default @Nullable String uniqueId() {
      return null;
    }
  }

  /** The session's frames, as the codec's filter sees them. */
  public interface CodecState {

    /** Returns how many frames were handed on, modulo 2^32. */
    int delivered();

    /** Returns whether the peer has started a frame and not completed it. */
    boolean isInFrame();

    /** Returns whether nothing keeps the buffer of the next read after its event. */
    boolean readsInPlace();
  }

  /** Runs the events of a session's handler one by one on threads of its own. */
  public interface HandlerQueue extends Executor {

    /** Returns when the frame that the handler has now was delivered, by EventLoop.now. */
    int frameSince();

    /** Returns when that frame was read, by EventLoop.nanos; 0 before the first frame. */
    long frameRead();
  }

  /** The pending answers of a session. */
  public interface Answers {

    /** Returns whether there is one. */
    boolean any();

    /** Returns whether one has failed or was the last: nothing may follow it. */
    boolean hasEnded();
  }

  SessionState(IoSession session, @Nullable IoSessionAttributeMap users) {
    this.users = users;
    this.input = new Input(session);
    this.inFlight = new InFlight(session);
    this.lifecycle = new SessionLifecycle(session);
  }

  /**
   * Returns the state of a session. A session of a foreign service gets one now, with its
   * attributes.
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

  /** Returns the life cycle of the session. */
  public SessionLifecycle lifecycle() {
    return lifecycle;
  }

  @Nullable EventLoop loop() {
    return loop;
  }

  /** Sets the loop of a session that has none; returns the session's loop. */
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

  /** Returns the session's association as it appears in the log. */
  public static String associationText(IoSession session) {
    SessionState state = of(session);
    String known = state.associationText;
    if (known == null) {
      known = String.valueOf(Association.of(session));
      state.associationText = known;
    }
    return known;
  }

  /** Returns the context for listeners of the session's futures. */
  PluginContext context() {
    return context;
  }

  void setContext(PluginContext its) {
    context = its;
  }

  /** Returns the address that the session counts for; null for none. */
  public @Nullable InetAddress source() {
    return source;
  }

  /** Sets the address that the session counts for. */
  public void setSource(InetAddress address) {
    source = address;
  }

  /** Returns the PROXY header, received or awaited; null without one. */
  public @Nullable Handshake proxy() {
    return proxy;
  }

  /** Sets the PROXY header that the session waits for. */
  public void setProxy(Handshake its) {
    proxy = its;
  }

  /** Returns the last watermark event while the session was held back. */
  public @Nullable Watermark heldMark() {
    return heldMark;
  }

  /** Stores a watermark event that the session's handler must not see yet. */
  public void setHeldMark(Watermark mark) {
    heldMark = mark;
  }

  /** Returns the TLS handshake, once it has started; null without TLS. */
  public @Nullable Handshake tls() {
    return tls;
  }

  /** Sets the TLS handshake. */
  public void setTls(Handshake its) {
    tls = its;
  }

  /** Returns its frames; null before the codec's filter has seen the first event. */
  public @Nullable CodecState codec() {
    return codec;
  }

  /** Sets its frames; null when the session has closed. */
  public void setCodec(@Nullable CodecState its) {
    codec = its;
  }

  /** Returns what counts its reads and requests; null for a session without Parley's chain. */
  public @Nullable LoopMeter meter() {
    return meter;
  }

  /** Starts counting. */
  void begin(LoopMeter its, long now) {
    meter = its;
    began = now;
  }

  /**
   * Counts frames that were handed to the handler. Called on the event-loop thread.
   *
   * @param read when they were read, in the time of EventLoop.nanos
   */
  public void countRequests(IoSession session, int frames, long read) {
    LoopMeter its = meter;
    if (its == null) {
      return;
    }
    if (Float.isNaN(firstFrame)) {
      firstFrame = seconds(read - began);
    }
    REQUESTS.setOpaque(this, requests + frames);
    its.requests(session.getId(), frames);
  }

  /** Counts requests that took the same time to answer. Called on the event-loop thread. */
  public void countAnswers(IoSession session, long nanos, int answers) {
    LoopMeter its = meter;
    if (its != null) {
      if (!(seconds(nanos) <= longestAnswer)) {
        longestAnswer = seconds(nanos);
      }
      its.answered(session.getId(), nanos, answers);
    }
  }

  /** Counts the answer of a message that was written by itself, if the kernel has taken it. */
  public static void countAnswer(IoSession session, WriteFuture written, long since) {
    if (written.isWritten()) {
      of(session).countAnswers(session, EventLoop.nanos(session) - since, 1);
    }
  }

  /** Returns the life of the session up to now. */
  SessionRecord record(AbstractIoSession session, ServiceMeter service, EndReason reason) {
    Handshake proxied = proxy;
    Association its = association;
    Endpoint peer = proxied == null ? null : proxied.peer();
    Handshake handshake = tls;
    SSLSession encrypted = handshake == null ? null : handshake.secured();
    return new SessionRecord(
        session.getId(),
        service.name(),
        service.protocol(),
        its,
        peer == null && its != null ? its.remote() : peer,
        proxied == null ? null : proxied.uniqueId(),
        encrypted == null ? null : encrypted.getProtocol(),
        encrypted == null ? null : encrypted.getCipherSuite(),
        session.getReadBytes(),
        session.getWrittenBytes(),
        (long) REQUESTS.getOpaque(this),
        session.getWrittenMessages(),
        Duration.ofNanos(EventLoop.nanos(session) - began),
        duration(firstFrame),
        duration(longestAnswer),
        reason);
  }

  private static float seconds(long nanos) {
    return Math.max(0, nanos) / 1e9f;
  }

  private static @Nullable Duration duration(float seconds) {
    return Float.isNaN(seconds) ? null : Duration.ofNanos((long) (seconds * 1e9));
  }

  private static VarHandle requestsField() {
    try {
      return MethodHandles.lookup().findVarHandle(SessionState.class, "requests", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Returns the deadlines that its reads and writes postpone; null for none. */
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

  /** Returns one of its deadlines in the loop's sweeper; the others are linked to it. */
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

  /**
   * Returns the executor that runs its handler's events one by one, if the handler has threads of
   * its own.
   */
  public @Nullable HandlerQueue events() {
    return events;
  }

  /** Sets the executor for the handler's events. */
  public void setEvents(HandlerQueue its) {
    events = its;
  }

  /** Returns its pending answers; null before the first of them. */
  public @Nullable Answers answers() {
    return answers;
  }

  /** Sets where answers wait. */
  public void setAnswers(Answers its) {
    answers = its;
  }

  /**
   * Returns the handler of this session alone, to which the service's handler forwards events; or
   * null.
   */
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

  /** Does nothing: like MINA's own map, this keeps everything until the session is gone. */
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
