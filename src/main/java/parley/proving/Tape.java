package parley.proving;

import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;

/**
 * The input of one session's decoder.
 *
 * @param subject the name in failures
 * @param before input that is fed first, up to its end or error; its frames do not count
 * @param buffers the kind of buffers for the parts
 * @param finish whether the end of the stream follows
 */
record Tape(
    String subject,
    String before,
    String bytes,
    List<Integer> cuts,
    Buffers buffers,
    boolean finish) {

  /** The kinds of buffers that a decoder may receive. */
  enum Buffers {
    /** On the heap. */
    HEAP,
    /** Outside the heap, without an array. */
    DIRECT,
    /** A slice of a larger buffer: its bytes do not start where its array does. */
    SLICED;

    IoBuffer of(String raw) {
      byte[] bytes = Raw.bytes(raw);
      return switch (this) {
        case HEAP -> IoBuffer.wrap(bytes);
        case DIRECT -> IoBuffer.allocate(bytes.length, true).put(bytes).flip();
        case SLICED ->
            IoBuffer.allocate(bytes.length + 8)
                .putInt(-1)
                .put(bytes)
                .putInt(-1)
                .flip()
                .getSlice(4, bytes.length);
      };
    }
  }

  static Tape of(String subject, String bytes) {
    return new Tape(subject, "", bytes, List.of(), Buffers.HEAP, false);
  }

  Tape cut(List<Integer> places) {
    return new Tape(subject, before, bytes, places, buffers, finish);
  }

  Tape finished() {
    return new Tape(subject, before, bytes, cuts, buffers, true);
  }

  Tape in(Buffers kind) {
    return new Tape(subject, before, bytes, cuts, kind, finish);
  }

  Tape after(String earlier) {
    return new Tape(subject, earlier, bytes, cuts, buffers, finish);
  }

  Tape bytes(String others) {
    return new Tape(subject, before, others, cuts, buffers, finish);
  }

  /** Returns the same bytes in one part, for a new decoder. */
  Tape plain() {
    return new Tape(subject, "", bytes, List.of(), Buffers.HEAP, finish);
  }

  boolean isPlain() {
    return before.isEmpty() && cuts.isEmpty() && buffers == Buffers.HEAP;
  }

  List<String> parts() {
    return Raw.parts(bytes, cuts);
  }
}
