/**
 * The event loops on MINA's NioProcessor, and what they keep for each session.
 *
 * <ul>
 *   <li>A session: {@link parley.internal.loop.SessionState} holds all that is known of it, {@link
 *       parley.internal.loop.SessionLifecycle} its life, {@link
 *       parley.internal.loop.SessionDeadlines} its deadlines, {@link parley.internal.loop.Input}
 *       whether it is read, {@link parley.internal.loop.InFlight} what is being answered.
 *   <li>Writing: {@link parley.internal.loop.WriteBatch}, {@link parley.internal.loop.Handover}
 *       from other threads, {@link parley.internal.loop.WriteQueue}, {@link
 *       parley.internal.loop.Outbound} and its bounds.
 *   <li>A loop: {@link parley.internal.loop.EventLoop} takes the turns of its sessions, {@code
 *       Reader} and {@code LoopWriter} read and write, {@code ExpirySweeper} checks deadlines.
 * </ul>
 *
 * <p>The package may use {@code session}, {@code codec} and {@code endpoint}. Its classes run on
 * the session's event loop, unless their Javadoc says that any thread may call.
 */
@NullMarked
package parley.internal.loop;

import org.jspecify.annotations.NullMarked;
