package parley.telemetry;

import java.time.Duration;

/**
 * The figures of one event loop.
 *
 * @param name its name
 * @param busy the time that it has worked; the utilisation between two snapshots is the difference
 *     of this, divided by the time between them
 * @param delay the times between two polls of the sockets, without waiting: how long a socket that
 *     becomes ready waits at most
 */
public record LoopFigures(String name, Duration busy, DurationFigures delay) {}
