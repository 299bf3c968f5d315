/** The PROXY protocol, versions 1 and 2: whom a balancer that is trusted connects for. */
@NullMarked
package parley.proxy;

import org.jspecify.annotations.NullMarked;
