/**
 * What a session reports to its handler: why it ended, and how much of it waits to be sent. {@link
 * parley.protocol.Sessions} asks. The package uses MINA alone. Any thread may call.
 */
@NullMarked
package parley.session;

import org.jspecify.annotations.NullMarked;
