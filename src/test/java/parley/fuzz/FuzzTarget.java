package parley.fuzz;

/** Something that any bytes may be given to. */
public interface FuzzTarget {

  /**
   * Tries one input.
   *
   * @throws Throwable if what it is given to breaks its promises
   */
  void fuzz(byte[] input) throws Throwable;
}
