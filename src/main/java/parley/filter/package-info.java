/** One concern a filter; {@link parley.filter.FilterChains} alone names and orders them. */
@NullMarked
package parley.filter;

import org.jspecify.annotations.NullMarked;
