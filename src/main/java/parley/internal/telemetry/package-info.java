/**
 * The counters behind {@link parley.telemetry}. An event loop counts with plain writes to counters
 * of its own, which other threads read; rare events use atomic counters. No class here knows a
 * session or a loop.
 */
@NullMarked
package parley.internal.telemetry;

import org.jspecify.annotations.NullMarked;
