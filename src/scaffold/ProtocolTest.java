package @PACKAGE@;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.proving.Proof;
import parley.proving.Transcript;
import parley.server.Server;

class @CLASS@Test {

  /** Plays each conversation whole, cut at every byte and beside others; then tries invalid input. */
  @Test
  void answersAsItsTranscriptsShow() {
    Proof.of(new @CLASS@())
        .transcript(
            Transcript.named("reversed")
                .sends("reverse hello\n")
                .receives("olleh\n")
                .sends("reverse\n")
                .receives("\n"))
        .transcript(
            Transcript.named("a count for each session")
                .sends("count\ncount\n")
                .receives("1\n2\n")
                .sends("quit\n")
                .receives("bye\n")
                .closed())
        .transcript(
            Transcript.named("unknown request")
                .sends("shout hello\n")
                .receives("ERR unknown request (expected: reverse TEXT, count or quit)\n"))
        .limit(1024, n -> "reverse " + "x".repeat(n - 8) + "\n", n -> "x".repeat(n - 8) + "\n")
        .endless("x")
        .refused("not UTF-8", new byte[] {(byte) 0xff, '\n'})
        .check();
  }

  /** Starts a server on a free port and asks it with Parley's client. */
  @Test
  void answersAClient() {
    try (Server server = Server.serve("tcp://127.0.0.1:0", new @CLASS@());
        Client<String, String> client = Client.connect(server.endpoint(), new @CLASS@())) {
      assertEquals("olleh", client.ask("reverse hello").join());
      assertEquals("1", client.ask("count").join());
    }
  }
}
