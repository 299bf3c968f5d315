package parley.filter;

import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterChain.Entry;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a session's frames may go from the codec to the handler directly: where nothing
 * stands between the two but filters of Parley's that have nothing to do with a frame. What MINA's
 * own last filter does is left to it when somebody asked for it.
 */
final class ShortWay {

  private ShortWay() {}

  /** The handler, or null where the way is the chain. */
  static @Nullable IoHandler handler(CodecFilter codec, IoSession session) {
    if (session.getConfig().isUseReadOperation() || isCounted(session)) {
      return null;
    }
    boolean above = false;
    for (Entry entry : session.getFilterChain().getAll()) {
      IoFilter filter = entry.getFilter();
      if (above && !(filter instanceof DrainFilter || filter instanceof FaultFilter)) {
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
