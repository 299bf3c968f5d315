package parley.internal.chain;

import java.util.concurrent.Executor;

/**
 * Where a listener's handler runs, if not on the event loops.
 *
 * @param executor runs the handler's events; it must reject none while there are sessions
 * @param most so many frames of a session may wait before no more of it are read
 */
public record HandlerThreads(Executor executor, int most) {}
