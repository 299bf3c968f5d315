package bench.load;

/** How long a run warms up, and how long it is measured. */
record Seconds(double warmUp, double measured) {

  long warmUpNanos() {
    return (long) (warmUp * 1e9);
  }

  long nanos() {
    return (long) (measured * 1e9);
  }
}
