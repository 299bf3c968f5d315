package parley.codec;

/**
 * A conversion of a frame to an object of the protocol. One instance serves all sessions, so it
 * keeps nothing between calls.
 *
 * @param <F> the type of the frames
 * @param <M> the type of the objects
 */
@FunctionalInterface
public interface FrameReader<F, M> {

  /**
   * Returns the object that a frame stands for.
   *
   * @param frame the frame
   * @return the object
   * @throws FrameException if there is none; the session ends as for any input that is not a frame
   */
  M read(F frame) throws FrameException;
}
