package parley.proving;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.DefaultTransportMetadata;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecException;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.Nullable;

/** Feeds tapes to decoders in memory, as the server's codec filter does. */
final class CodecPlayer implements AutoCloseable {

  private final ProtocolCodecFactory factory;
  private final ProtocolCodecFactory other;
  private final Patience patience;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread made = new Thread(task, "parley-proof-codec");
            made.setDaemon(true); // a decoder that never returns must not keep the JVM running
            return made;
          });

  /**
   * Creates a player for one factory's decoders.
   *
   * @param other the factory whose encoders produce the input of these decoders
   */
  CodecPlayer(ProtocolCodecFactory factory, ProtocolCodecFactory other, Patience patience) {
    this.factory = factory;
    this.other = other;
    this.patience = patience;
  }

  /** Returns a session without a connection. */
  static IoSession session() {
    DummySession session = new DummySession();
    session.setTransportMetadata( // as with TCP, because MINA's cumulative decoders check it
        new DefaultTransportMetadata(
            "parley",
            "proof",
            false,
            true,
            SocketAddress.class,
            session.getConfig().getClass(),
            IoBuffer.class));
    return session;
  }

  /** Plays one tape and returns its outcome. */
  Outcome play(Tape tape) {
    return play(List.of(tape)).get(0);
  }

  /** Feeds several tapes, one part of each in turn, each to a session of its own. */
  List<Outcome> play(List<Tape> tapes) {
    List<Reel> reels = tapes.stream().map(Reel::new).toList();
    boolean done = inTime(() -> playAll(reels));
    return reels.stream().map(reel -> reel.outcome(done)).toList();
  }

  private static void playAll(List<Reel> reels) {
    for (boolean more = true; more; ) {
      more = false;
      for (Reel reel : reels) {
        more |= reel.next();
      }
    }
  }

  private boolean inTime(Runnable task) {
    FutureTask<?> future = new FutureTask<>(task, null);
    thread.execute(future);
    try {
      future.get(patience.nanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns the frames that a whole tape decodes to. */
  List<Object> frames(Tape tape) {
    Reel reel = new Reel(tape);
    inTime(() -> playAll(List.of(reel)));
    return reel.frames.objects();
  }

  /**
   * Feeds a part repeatedly until the decoder rejects it.
   *
   * @return how many bytes the decoder accepted; more than {@code most} if it never rejects;
   *     Long.MAX_VALUE if it did not return in time
   */
  long takes(String part, long most) {
    Reel reel = new Reel(Tape.of("", ""));
    long[] taken = {0};
    boolean done =
        inTime(
            () -> {
              while (taken[0] <= most && reel.takes(part)) {
                taken[0] += part.length();
              }
            });
    return done ? taken[0] : Long.MAX_VALUE;
  }

  /** Returns the encoder's output for a message. */
  List<IoBuffer> encode(Object message) throws Exception {
    List<IoBuffer> encoded = new ArrayList<>();
    ProtocolEncoderOutput out =
        part -> {
          if (part instanceof IoBuffer buffer) {
            encoded.add(buffer);
          } else {
            throw new IllegalArgumentException("not an IoBuffer: " + part.getClass().getName());
          }
        };
    IoSession session = session();
    other.getEncoder(session).encode(session, message, out);
    return encoded;
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  /** One tape and its session. Confined to one thread at a time. */
  private final class Reel {

    private final Tape tape;
    private final IoSession session = session();
    private final Deque<String> parts;
    private Frames frames = new Frames();
    private boolean over;
    private boolean begun;
    private Outcome.End end = Outcome.End.TAKEN;
    private @Nullable Throwable thrown;

    Reel(Tape tape) {
      this.tape = tape;
      parts = new ArrayDeque<>(tape.parts());
    }

    /** Feeds the next part; returns false if there is none. */
    boolean next() {
      if (over) {
        return false;
      }
      try {
        step();
      } catch (ProtocolCodecException refused) {
        over = true;
        end = Outcome.End.REFUSED;
      } catch (Throwable defect) {
        over = true;
        end = Outcome.End.THROWN;
        thrown = defect;
      }
      return !over;
    }

    /**
     * Feeds one more part; returns whether the decoder accepted it. Other defects are reported
     * elsewhere.
     */
    boolean takes(String part) {
      try {
        decode(part, Tape.Buffers.HEAP);
        return true;
      } catch (Exception refused) {
        return false;
      }
    }

    private void step() throws Exception {
      if (!begun) {
        begun = true;
        feedBefore();
      }
      String part = parts.poll();
      if (part != null) {
        decode(part, tape.buffers());
        return;
      }
      over = true;
      if (tape.finish()) {
        factory.getDecoder(session).finishDecode(session, frames);
      }
      factory.getDecoder(session).dispose(session);
    }

    private void feedBefore() throws Exception {
      if (tape.before().isEmpty()) {
        return;
      }
      try {
        decode(tape.before(), Tape.Buffers.HEAP);
        factory.getDecoder(session).finishDecode(session, frames);
      } catch (ProtocolCodecException refused) {
        // the result of the next part decides
      }
      frames = new Frames();
    }

    private void decode(String raw, Tape.Buffers buffers) throws Exception {
      IoBuffer in = buffers.of(raw);
      while (in.hasRemaining()) {
        int before = in.position();
        ProtocolDecoder decoder = factory.getDecoder(session);
        decoder.decode(session, in, frames);
        if (in.position() == before) {
          throw new IllegalStateException("the decoder consumed none of the bytes");
        }
      }
    }

    Outcome outcome(boolean inTime) {
      return inTime
          ? new Outcome(frames.shown(), end, thrown)
          : new Outcome(List.of(), Outcome.End.STUCK, null);
    }
  }
}
