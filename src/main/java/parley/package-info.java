/**
 * Parley: TCP protocols on Apache MINA. The way of a request:
 *
 * <ol>
 *   <li>An {@link parley.endpoint.Endpoint} says where; {@link parley.server.Server} binds it as a
 *       listener and accepts connections.
 *   <li>Each becomes a session on one {@link parley.internal.loop.EventLoop}, which reads its
 *       bytes.
 *   <li>They go up the chain of {@link parley.internal.chain.FilterChains}: a trusted proxy's
 *       header and TLS are taken off, if they are there, and the codec makes frames.
 *   <li>A frame reaches the protocol's handler, such as an {@link parley.protocol.AnswerHandler}.
 *   <li>Its answer goes back down the same chain, is encoded, queued and written by the loop.
 * </ol>
 *
 * <p>{@link parley.client.Client} goes the same way from the other end.
 */
@NullMarked
package parley;

import org.jspecify.annotations.NullMarked;
