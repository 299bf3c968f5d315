package parley.proving;

import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;

/**
 * What is fed to one session's decoder.
 *
 * @param subject what a failure calls it
 * @param before fed first, up to its end or error; its frames do not count
 * @param buffers what the parts come in
 * @param finish whether the end of the stream follows
 */
record Tape(
    String subject,
    String before,
    String bytes,
    List<Integer> cuts,
    Buffers buffers,
    boolean finish) {

  /** Kinds of buffers that a decoder may meet. */
  enum Buffers {
    /** On the heap. */
    HEAP,
    /** Outside the heap: they have no array. */
    DIRECT,
    /** A part of a larger one: its bytes do not begin where its array does. */
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

  /** The same bytes at once to a new decoder. */
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
