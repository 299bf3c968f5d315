package parley.server;

import java.time.Duration;

/**
 * How a server ended.
 *
 * @param sessionsCut how many sessions were closed with something unanswered
 * @param took the time from the drain or the close to the end of the last thread
 */
public record DrainResult(int sessionsCut, Duration took) {}
