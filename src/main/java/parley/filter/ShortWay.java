package parley.filter;

import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain.Entry;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.transport.Overrides;

/**
 * Says whether a session's frames may go from the codec to the handler directly: where nothing
 * stands between the two but filters that have nothing to do with a frame, because they leave what
 * is received, written and sent to IoFilterAdapter. What MINA's own last filter does is left to it
 * when somebody asked for it.
 */
final class ShortWay {

  /** Whether a class of filters passes frames and messages on as they are. */
  private static final ClassValue<Boolean> PASSES =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> filter) {
          return !Overrides.any(
              filter, IoFilterAdapter.class, "messageReceived", "filterWrite", "messageSent");
        }
      };

  private ShortWay() {}

  /** The handler, or null where the way is the chain. */
  static @Nullable IoHandler handler(CodecFilter codec, IoSession session) {
    if (session.getConfig().isUseReadOperation() || isCounted(session)) {
      return null;
    }
    boolean above = false;
    for (Entry entry : session.getFilterChain().getAll()) {
      IoFilter filter = entry.getFilter();
      if (above && !(filter instanceof FaultFilter || PASSES.get(filter.getClass()))) {
        return null;
      }
      above |= filter == codec;
    }
    return above ? session.getHandler() : null;
  }

  private static boolean isCounted(IoSession session) {
    return session.getService() instanceof AbstractIoService service
        && service.getStatistics().getConfig().isStatisticsCalcEnabled();
  }
}
