/** WHERE: the two ends of a connection as immutable values. */
@NullMarked
package parley.endpoint;

import org.jspecify.annotations.NullMarked;
