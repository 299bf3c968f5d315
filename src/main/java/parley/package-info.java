/**
 * TCP protocols on Apache MINA. A request takes this way:
 *
 * <ol>
 *   <li>{@link parley.server.Server} binds an {@link parley.endpoint.Endpoint} as a listener and
 *       accepts connections.
 *   <li>Each connection becomes a session on one {@link parley.internal.loop.EventLoop}, which
 *       reads its bytes.
 *   <li>The bytes go up the chain of {@link parley.internal.chain.FilterChains}. It takes off a
 *       trusted proxy's header and TLS, where they are configured, and the codec decodes frames.
 *   <li>A frame reaches the protocol's handler, such as an {@link parley.protocol.AnswerHandler}.
 *   <li>The answer goes down the same chain. The codec encodes it, and the event loop writes it.
 * </ol>
 *
 * <p>{@link parley.client.Client} uses the same chain from the other end.
 */
@NullMarked
package parley;

import org.jspecify.annotations.NullMarked;
