package bench.load;

/** The durations of a run's warm-up and of its measurement. */
record Seconds(double warmUp, double measured) {

  long warmUpNanos() {
    return (long) (warmUp * 1e9);
  }

  long nanos() {
    return (long) (measured * 1e9);
  }
}
