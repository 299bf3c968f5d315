/** The greeting protocol, the default one and the example. See docs/greeting-protocol.md. */
@NullMarked
package parley.protocol.greeting;

import org.jspecify.annotations.NullMarked;
