package parley.codec;

/**
 * Reads a frame as an object of the protocol's own. One instance serves all sessions, so it keeps
 * nothing between calls.
 *
 * @param <F> the type of the frames
 * @param <M> the type of the objects
 */
@FunctionalInterface
public interface FrameReader<F, M> {

  /**
   * Returns the object that a frame stands for.
   *
   * @throws FrameException if there is none; the session ends as for any input that is not a frame
   */
  M read(F frame) throws FrameException;
}
