package parley.server;

import java.time.Duration;

/**
 * The result of a server's end.
 *
 * @param sessionsCut the number of sessions that were closed with something unanswered
 * @param took the time from the drain or the close to the end of the last thread
 */
public record DrainResult(int sessionsCut, Duration took) {}
