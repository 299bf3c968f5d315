package parley.fuzz;

/** A fuzz target, which accepts any bytes. */
public interface FuzzTarget {

  /**
   * Tries one input.
   *
   * @throws Throwable if the code under test breaks its promises
   */
  void fuzz(byte[] input) throws Throwable;
}
