/** One concern a filter; {@link parley.internal.chain.FilterChains} alone names and orders them. */
@NullMarked
package parley.internal.chain;

import org.jspecify.annotations.NullMarked;
