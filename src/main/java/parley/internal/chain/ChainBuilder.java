package parley.internal.chain;

import org.apache.mina.core.filterchain.DefaultIoFilterChain;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.future.ConnectFuture;
import parley.internal.loop.PluginContext;

/**
 * MINA's chain builder, safe if a filter refuses to be added: an Error does not reach the event
 * loop, and a client's connect fails with the cause. With MINA's builder the connect would wait
 * forever.
 */
public final class ChainBuilder extends DefaultIoFilterChainBuilder {

  private final PluginContext context;

  /**
   * Creates an empty chain.
   *
   * @param context the context in which its filters are added to a session
   */
  public ChainBuilder(PluginContext context) {
    this.context = context;
  }

  @Override
  public void buildFilterChain(IoFilterChain chain) throws Exception {
    ClassLoader before = context.enter();
    try {
      super.buildFilterChain(chain);
    } catch (Exception | Error e) {
      Object connect =
          chain.getSession().removeAttribute(DefaultIoFilterChain.SESSION_CREATED_FUTURE);
      if (connect instanceof ConnectFuture future) {
        future.setException(e);
      }
      throw new IllegalStateException("cannot build the filter chain: " + e, e);
    } finally {
      context.leave(before);
    }
  }
}
