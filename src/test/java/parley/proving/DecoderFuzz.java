package parley.proving;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import parley.codec.FrameException;
import parley.fuzz.FuzzTarget;

/**
 * Feeds any bytes to a decoder: the first byte of an input selects the decoder, the second is the
 * seed of the cuts. The decoder makes the same frames from the rest for all cuts. After an error or
 * the end of the stream it decodes like a new one and holds nothing. It throws nothing except a
 * FrameException. The memory that it holds and allocates grows with the bytes received.
 */
public final class DecoderFuzz implements FuzzTarget {

  private static final int ROOM = 64;
  private static final int PART = 64;

  /**
   * The permitted cost of a part, whatever its content: far below the lengths that headers
   * announce.
   */
  private static final int ALLOCATED_A_PART = 1 << 20;

  private static final int ALLOCATED_A_BYTE = 512;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<FuzzedCodec> codecs;
  private final List<CodecPlayer> players;

  private DecoderFuzz(List<FuzzedCodec> codecs) {
    this.codecs = codecs;
    Patience patience = new Patience(Duration.ofSeconds(10));
    this.players =
        codecs.stream()
            .map(each -> new CodecPlayer(each.factory(), each.factory(), patience))
            .toList();
  }

  /** The codecs of the module, and of the examples that are on the class path. */
  public static Map<String, FuzzTarget> targets() {
    Map<String, FuzzTarget> targets = new TreeMap<>();
    targets.put("lines", new DecoderFuzz(FuzzedCodec.lines()));
    targets.put("lengths", new DecoderFuzz(FuzzedCodec.lengths()));
    targets.put("frames", new DecoderFuzz(FuzzedCodec.others()));
    FuzzedCodec.examples().forEach((name, all) -> targets.put(name, new DecoderFuzz(all)));
    return targets;
  }

  @Override
  public void fuzz(byte[] input) throws Exception {
    if (input.length < 3) {
      return;
    }
    int which = (input[0] & 0xFF) % codecs.size();
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    Random random = new Random(input[1]);
    check(players.get(which), Raw.of(bytes), random);
    checkMemory(codecs.get(which), bytes, random);
  }

  private static void check(CodecPlayer player, String raw, Random random) {
    Tape.Buffers[] kinds = Tape.Buffers.values();
    Tape tape = Tape.of("input", raw).in(kinds[random.nextInt(kinds.length)]);
    Tape ended = tape.finished();
    List<Tape> all =
        List.of(
            ended,
            ended.cut(Cuts.each(raw.length())),
            ended.cut(Cuts.some(raw.length(), 4, random)),
            tape.cut(Cuts.some(raw.length(), 8, random)),
            ended.after(raw));
    for (Tape each : all) {
      Trouble trouble = CodecCase.of(player, each).play();
      if (trouble != null) {
        throw new AssertionError(trouble.way() + "\n" + String.join("\n", trouble.lines()));
      }
    }
  }

  private static void checkMemory(FuzzedCodec codec, byte[] bytes, Random random) throws Exception {
    ProtocolCodecFactory factory = codec.factory();
    IoSession session = CodecPlayer.session();
    ProtocolDecoder decoder = factory.getDecoder(session);
    Object holder = codec.holder(session);
    long fresh = Held.by(holder);
    Frames frames = new Frames();
    try {
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(PART));
        long allocated = decode(decoder, session, Arrays.copyOfRange(bytes, from, to), frames);
        long held = Held.by(holder) - fresh;
        atMost("allocated", allocated, ALLOCATED_A_PART + (long) ALLOCATED_A_BYTE * to);
        atMost("held", held, ROOM + 2L * Math.min(to, codec.longest()));
        from = to;
      }
      decoder.finishDecode(session, frames);
    } catch (FrameException refused) {
      // such input is permitted
    }
    atMost("held behind an error or the end", Held.by(holder) - fresh, 0);
  }

  /** Returns the number of allocated bytes. */
  private static long decode(ProtocolDecoder decoder, IoSession session, byte[] part, Frames frames)
      throws Exception {
    var in = Tape.Buffers.HEAP.of(Raw.of(part));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    decoder.decode(session, in, frames);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static void atMost(String what, long value, long most) {
    if (value > most) {
      throw new AssertionError(what + ": " + value + " (expected: <= " + most + ")");
    }
  }
}
