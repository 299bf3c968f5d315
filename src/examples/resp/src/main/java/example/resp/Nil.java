package example.resp;

/** The answer for a missing value, because null is never a frame. */
public enum Nil {
  /** The only instance. */
  NIL
}
