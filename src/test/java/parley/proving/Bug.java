package parley.proving;

/** One mistake, as people make them, in an otherwise right codec or handler. */
enum Bug {
  NONE,
  /** The unfinished line is not dropped when it is refused. */
  STATE_KEPT_AFTER_AN_ERROR,
  /** What is left over at the end of the stream is not dropped. */
  STATE_KEPT_AFTER_THE_END,
  /** One decoder for all sessions. */
  DECODER_SHARED,
  LIMIT_ONE_TOO_FEW,
  LIMIT_ONE_TOO_MANY,
  /** The part of a line that came before is not counted. */
  LIMIT_FORGETS_EARLIER_READS,
  NO_LIMIT,
  /** What follows the last whole line of a read is not kept. */
  TAIL_DROPPED,
  /** A second line in one read waits for the next read. */
  ONE_LINE_A_READ,
  /** CR and LF are only found together in one read. */
  DELIMITER_SPLIT_MISSED,
  /** Each read is decoded to text by itself. */
  CHARACTERS_CUT,
  /** The end of the stream makes a frame of half a one. */
  HALF_A_FRAME_DELIVERED,
  /** A byte of the length is taken as signed. */
  LENGTH_SIGN_EXTENDED,
  /** A negative length is not refused. */
  NEGATIVE_LENGTH,
  /** The encoder keeps one buffer and uses it again. */
  ENCODER_REUSES_ITS_BUFFER,
  /** An answer that is late is overtaken by those that are not. */
  ANSWERS_OVERTAKE,
  /** An answer that is late is not waited for at the end of the stream. */
  LATE_ANSWER_LOST,
  /** The decoder waits for something that never comes. */
  DECODER_HANGS
}
