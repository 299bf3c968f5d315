/**
 * What a server or client shows of itself: figures, session records, and an observer for events.
 * Values only, without a metrics library; {@code parley.telemetry.micrometer} binds them to one.
 */
@NullMarked
package parley.telemetry;

import org.jspecify.annotations.NullMarked;
