package parley.filter;

import org.apache.mina.core.session.IoSession;

/**
 * Lets nothing that is thrown above it reach the event loop, and clears an interrupt flag that was
 * left there: with the flag set, the next read or write would close its channel.
 *
 * <p>MINA's chain reports what is thrown to {@code exceptionCaught} and then throws an Error again,
 * down to the loop, which would end. Here it ends instead; {@link FaultFilter} has seen it.
 */
class GuardFilter extends AroundFilter {

  @Override
  void around(IoSession session, Event event) throws Exception {
    try {
      event.pass();
    } catch (Error alreadyReported) {
      // MINA's chain has handed it to exceptionCaught before it threw it again
    } finally {
      Thread.interrupted();
    }
  }
}
