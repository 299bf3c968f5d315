package parley.tls;

/**
 * Counts records in a row that bring no data: key updates, warnings, empty ones. Each costs this
 * side as much work as the peer or more, and TLS has no bound for them (BoringSSL takes 32, Go 16).
 */
final class NoData {

  static final int MOST = 32;

  private int inRow;

  /** Counts a record with so many bytes of data; returns whether there were too many without. */
  boolean isTooMuch(int bytes) {
    inRow = bytes > 0 ? 0 : inRow + 1;
    return inRow > MOST;
  }
}
