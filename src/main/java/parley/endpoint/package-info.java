/**
 * WHERE: the two ends of a connection as immutable values, for any thread. The package uses MINA's
 * sessions only, and nothing else of Parley's.
 */
@NullMarked
package parley.endpoint;

import org.jspecify.annotations.NullMarked;
