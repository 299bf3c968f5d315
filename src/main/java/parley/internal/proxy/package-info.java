/**
 * Reads the header that a connection of a trusted proxy begins with, versions 1 and 2. It may touch
 * the session's engine, the filters' base and {@code parley.proxy}. Runs on the session's event
 * loop.
 */
@NullMarked
package parley.internal.proxy;

import org.jspecify.annotations.NullMarked;
