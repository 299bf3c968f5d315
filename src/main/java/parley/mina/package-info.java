/**
 * Parts of Parley for an application's own MINA chains and services. The classes here delegate to
 * {@code parley.internal}; they run where their MINA counterparts run, on the session's event loop.
 */
@NullMarked
package parley.mina;

import org.jspecify.annotations.NullMarked;
