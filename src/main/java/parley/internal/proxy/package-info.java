/**
 * The reader of the PROXY header, versions 1 and 2, at the start of a trusted proxy's connection.
 * The package may use {@code internal.loop}, {@code internal.chain} and {@code parley.proxy}. It
 * runs on the session's event loop.
 */
@NullMarked
package parley.internal.proxy;

import org.jspecify.annotations.NullMarked;
