package parley.proving;

/** A common mistake in an otherwise correct codec or handler. */
enum Bug {
  NONE,
  /** The unfinished line is kept when it is refused. */
  STATE_KEPT_AFTER_AN_ERROR,
  /** The remaining bytes at the end of the stream are kept. */
  STATE_KEPT_AFTER_THE_END,
  /** All sessions share one decoder. */
  DECODER_SHARED,
  LIMIT_ONE_TOO_FEW,
  LIMIT_ONE_TOO_MANY,
  /** The earlier part of a line is not counted. */
  LIMIT_FORGETS_EARLIER_READS,
  NO_LIMIT,
  /** The bytes after the last complete line of a read are dropped. */
  TAIL_DROPPED,
  /** A second line in one read waits for the next read. */
  ONE_LINE_A_READ,
  /** CR and LF are found only if both are in one read. */
  DELIMITER_SPLIT_MISSED,
  /** Each read is decoded to text separately. */
  CHARACTERS_CUT,
  /** The end of the stream turns half a frame into a frame. */
  HALF_A_FRAME_DELIVERED,
  /** A byte of the length is read as signed. */
  LENGTH_SIGN_EXTENDED,
  /** A negative length is accepted. */
  NEGATIVE_LENGTH,
  /** The encoder keeps one buffer and reuses it. */
  ENCODER_REUSES_ITS_BUFFER,
  /** Later answers overtake an answer that is late. */
  ANSWERS_OVERTAKE,
  /** The end of the stream does not wait for a late answer. */
  LATE_ANSWER_LOST,
  /** The decoder waits for something that never comes. */
  DECODER_HANGS
}
