/**
 * The events, exceptions and reasons that a session reports to its handler. {@link
 * parley.protocol.Sessions} returns them for a session. The package uses only MINA. Any thread may
 * call it.
 */
@NullMarked
package parley.session;

import org.jspecify.annotations.NullMarked;
