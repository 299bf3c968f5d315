package parley.protocol;

/** How a client finds the request that a frame from the server answers. */
public enum Correlation {
  /** Answers come in the order of the requests, one each. */
  IN_ORDER,
  /** As {@link #IN_ORDER}, but the server speaks first: one frame that nobody asked for. */
  IN_ORDER_AFTER_BANNER,
  /** No frame answers another: all that comes goes to the listener. */
  NONE
}
