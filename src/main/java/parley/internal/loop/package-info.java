/**
 * The event loops, based on MINA's NioProcessor, and the state that they keep for each session.
 *
 * <ul>
 *   <li>A session: {@link parley.internal.loop.SessionState} holds its state, {@link
 *       parley.internal.loop.SessionLifecycle} its life cycle, {@link
 *       parley.internal.loop.SessionDeadlines} its deadlines, {@link parley.internal.loop.Input}
 *       whether it is read, {@link parley.internal.loop.InFlight} its work in progress.
 *   <li>Writing: {@link parley.internal.loop.WriteBatch}, {@link parley.internal.loop.Handover}
 *       from other threads, {@link parley.internal.loop.WriteQueue}, {@link
 *       parley.internal.loop.Outbound} and its limits.
 *   <li>A loop: {@link parley.internal.loop.EventLoop} takes the turns of its sessions, {@code
 *       Reader} and {@code LoopWriter} read and write, {@code ExpirySweeper} checks deadlines.
 * </ul>
 *
 * <p>The package may use {@code session}, {@code codec} and {@code endpoint}. Unless their Javadoc
 * names other threads, its classes run on the session's event loop.
 */
@NullMarked
package parley.internal.loop;

import org.jspecify.annotations.NullMarked;
