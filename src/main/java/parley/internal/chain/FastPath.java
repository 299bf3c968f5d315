package parley.internal.chain;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.mina.core.filterchain.DefaultIoFilterChain;
import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain.Entry;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Overrides;

/**
 * Decides whether frames may go from the codec to the handler directly, without the chain. They may
 * if all filters between the two leave received, written and sent messages to IoFilterAdapter. If
 * an application configured MINA's last filter to do more, it still receives them.
 *
 * <p>A chain may change at any time, so it is examined with each read. MINA's {@code getAll}
 * creates a list for that; this class follows the links of the chain's entries.
 */
final class FastPath {

  private static final VarHandle HEAD;
  private static final VarHandle NEXT;

  static {
    try {
      MethodHandles.Lookup own = MethodHandles.lookup();
      MethodHandles.Lookup chains = MethodHandles.privateLookupIn(DefaultIoFilterChain.class, own);
      Class<?> entry = chains.findClass(DefaultIoFilterChain.class.getName() + "$EntryImpl");
      HEAD = chains.findVarHandle(DefaultIoFilterChain.class, "head", entry);
      // not for chains: a lookup into another module cannot reach further
      NEXT = MethodHandles.privateLookupIn(entry, own).findVarHandle(entry, "nextEntry", entry);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA version
    }
  }

  /** Returns whether a class of filters passes received, written and sent messages on unchanged. */
  private static final ClassValue<Boolean> PASSES =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> filter) {
          return !Overrides.any(
              filter, IoFilterAdapter.class, "messageReceived", "filterWrite", "messageSent");
        }
      };

  private FastPath() {}

  /** Returns the handler, or null if the frames have to go up the chain. */
  static @Nullable IoHandler handler(FramingFilter codec, IoSession session) {
    if (session.getConfig().isUseReadOperation() || isCounted(session)) {
      return null;
    }
    boolean above = false;
    Entry entry = first(session);
    for (Entry after = next(entry); after != null; after = next(entry)) {
      IoFilter filter = entry.getFilter();
      if (above && !(filter instanceof FaultFilter || PASSES.get(filter.getClass()))) {
        return null;
      }
      above |= filter == codec;
      entry = after;
    }
    return above ? session.getHandler() : null;
  }

  /**
   * Returns whether a codec receives each read from the connection's filter, with no other in
   * between.
   */
  static boolean isFirst(FramingFilter codec, IoSession session) {
    Entry connection = first(session);
    Entry second = next(connection);
    return connection.getFilter() instanceof ConnectionFilter
        && second != null
        && second.getFilter() == codec;
  }

  /**
   * Returns the entry after MINA's head; MINA's tail, which has no next entry, if the chain is
   * empty.
   */
  private static Entry first(IoSession session) {
    return (Entry) NEXT.get((Entry) HEAD.get((DefaultIoFilterChain) session.getFilterChain()));
  }

  private static @Nullable Entry next(Entry entry) {
    return (Entry) NEXT.get(entry);
  }

  private static boolean isCounted(IoSession session) {
    return session.getService() instanceof AbstractIoService service
        && service.getStatistics().getConfig().isStatisticsCalcEnabled();
  }
}
