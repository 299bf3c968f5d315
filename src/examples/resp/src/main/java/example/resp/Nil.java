package example.resp;

/** The answer where there is no value: null is never a frame. */
public enum Nil {
  /** The only one. */
  NIL
}
