/**
 * The addresses of a connection's two ends, as immutable values for any thread. The package uses
 * only MINA's sessions, and nothing else of Parley.
 */
@NullMarked
package parley.endpoint;

import org.jspecify.annotations.NullMarked;
