package parley.internal.chain;

import java.util.concurrent.Executor;

/**
 * The threads for a listener's handler, if it does not run on the event loops.
 *
 * @param executor runs the handler's events; it must not reject any while there are sessions
 * @param most how many frames of a session may wait before its reading pauses
 */
public record HandlerThreads(Executor executor, int most) {}
