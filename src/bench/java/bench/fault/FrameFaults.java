package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Peers that send invalid frames, or valid ones in an odd way. */
final class FrameFaults {

  private static final int LONG = 1 << 20;

  static final List<Fault> ALL =
      List.of(
          new Fault("half-close", "all is answered, then it closes", FrameFaults::halfClose),
          new Fault("unfinished-line", "the last line needs no newline", FrameFaults::unfinished),
          new Fault("endless-line", "ended as soon as a line is too long", FrameFaults::endless),
          new Fault("bad-utf-8", "ended, and nothing behind it is answered", FrameFaults::badText),
          new Fault("garbage", "ended or answered, never a hang", FrameFaults::garbage),
          new Fault("tls-hello", "ended", FrameFaults::tlsHello),
          new Fault("control-characters", "none of them in the log", FrameFaults::controls),
          new Fault("one-byte-segments", "answered as ever", FrameFaults::oneByOne),
          new Fault("urgent-data", "answered as ever", FrameFaults::urgent),
          new Fault("many-lines-at-once", "all answered, in order", FrameFaults::manyLines));

  private FrameFaults() {}

  private static void halfClose(Subject subject) throws Exception {
    int lost = 0;
    for (int i = 0; i < 20; i++) {
      try (Peer peer = Peer.of(subject).greeted()) {
        peer.send("Ada\nBob\n").halfClose();
        lost += peer.rest().equals("Hello, Ada!\nHello, Bob!\n") ? 0 : 1;
      }
    }
    check(lost == 0, "answers lost: %d of 20", lost);
  }

  private static void unfinished(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      String answers = peer.send("Ada\nBob").halfClose().rest();
      check(answers.equals("Hello, Ada!\nHello, Bob!\n"), "answers: %s", answers.strip());
    }
  }

  private static void endless(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      byte[] block = "x".repeat(1024).getBytes();
      int sent = 0;
      try {
        for (; sent < LONG; sent += block.length) {
          peer.send(block);
        }
      } catch (IOException ended) {
        return;
      }
      check(peer.isEnded(), "not ended after %d bytes without a newline", sent);
    }
  }

  private static void badText(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      peer.send(new byte[] {'A', '\n', 'x', (byte) 0xC3, '\n', 'B', '\n'});
      check(peer.line().equals("Hello, A!"), "the line before it is not answered");
      String second = peer.line();
      check(!second.startsWith("Hello"), "answered: %s", second);
      check(peer.isEnded(), "not ended");
    }
  }

  private static void garbage(Subject subject) throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[1 + random.nextInt(3000)];
      random.nextBytes(bytes);
      try (Peer peer = Peer.of(subject)) {
        peer.send(bytes).halfClose();
        check(peer.isEnded(), "not ended after its end of stream");
      } catch (IOException reset) {
        // ended
      }
    }
  }

  private static void tlsHello(Subject subject) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    byte[] bytes = new byte[hello.flip().remaining()];
    hello.get(bytes);
    try (Peer peer = Peer.of(subject).greeted()) {
      check(peer.send(bytes).isEnded(), "not ended");
    }
  }

  private static void controls(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      peer.send("a\u001b[31mred\u0007\n").line();
      peer.send("b\rc\n").halfClose().rest();
    }
    check(
        subject.log().chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\t'),
        "control characters in the log");
  }

  private static void oneByOne(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      for (int i = 0; i < 200; i++) {
        for (byte each : ("name" + i + "\n").getBytes()) {
          peer.send(new byte[] {each});
        }
        String answer = peer.line();
        check(answer.equals("Hello, name" + i + "!"), "answer: %s", answer);
      }
    }
  }

  private static void urgent(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      for (int i = 0; i < 100; i++) {
        peer.send("Ada").urgent('!').send("\n");
        String answer = peer.line();
        check(answer.equals("Hello, Ada!"), "answer: %s", answer);
      }
    }
  }

  private static void manyLines(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      Numbered.ask(peer, 400_000, true);
    }
  }
}
