package parley.internal.tls;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import parley.fuzz.FuzzTarget;

/** Feeds any bytes to the code that cuts them into records, whole and in two reads. */
public final class RecordFuzz {

  private static final int HEADER = 5;

  private RecordFuzz() {}

  /** Checks that both ways give the same records, with the input's bytes, and the same refusal. */
  public static Map<String, FuzzTarget> targets() {
    return Map.of(
        "tls-records",
        input -> {
          List<ByteBuffer> whole = new ArrayList<>();
          cut(new Records(), ByteBuffer.wrap(input), whole);
          int at = 0;
          for (ByteBuffer record : whole) {
            int count = Math.min(record.remaining(), input.length - at);
            if (!record.slice(0, count).equals(ByteBuffer.wrap(input, at, count))) {
              throw new AssertionError("other bytes at " + at);
            }
            at += count;
          }
          for (int middle = 0; middle < input.length; middle++) {
            List<ByteBuffer> halves = new ArrayList<>();
            Records records = new Records();
            if (cut(records, ByteBuffer.wrap(input, 0, middle), halves)) {
              cut(records, ByteBuffer.wrap(input, middle, input.length - middle), halves);
            }
            check(whole, halves, middle);
          }
        });
  }

  /** Takes all records; returns whether none of them is refused. */
  private static boolean cut(Records records, ByteBuffer in, List<ByteBuffer> into) {
    for (ByteBuffer next = records.next(in); next != null; next = records.next(in)) {
      into.add(next);
      if (next.remaining() <= HEADER) {
        return false; // the engine will refuse it
      }
    }
    if (in.hasRemaining()) {
      throw new AssertionError("left: " + in.remaining());
    }
    return true;
  }

  private static void check(List<ByteBuffer> whole, List<ByteBuffer> halves, int middle) {
    boolean same = whole.size() == halves.size();
    for (int i = 0; same && i < whole.size(); i++) {
      boolean refused = whole.get(i).remaining() <= HEADER;
      same = refused ? halves.get(i).remaining() <= HEADER : whole.get(i).equals(halves.get(i));
    }
    if (!same) {
      throw new AssertionError("cut at " + middle + ": " + halves + ", whole: " + whole);
    }
  }
}
