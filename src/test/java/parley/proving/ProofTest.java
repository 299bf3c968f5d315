package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.greeting.GreetingProtocol;

class ProofTest {

  private static Proof greeting() {
    return Proof.of(new GreetingProtocol())
        .transcript(
            Transcript.named("two names")
                .receives("Hello, World!\n")
                .sends("Ada\n")
                .receives("Hello, Ada!\n")
                .sends("Grüße\r\n\n")
                .receives("Hello, Grüße!\nHello, World!\n"))
        .transcript(
            Transcript.named("quit")
                .receives("Hello, World!\n")
                .sends("Ada\nquit\n")
                .receives("Hello, Ada!\nGoodbye!\n")
                .closed())
        .limit(
            1024, n -> "x".repeat(n) + "\n", n -> n == 0 ? "" : "Hello, " + "x".repeat(n) + "!\n")
        .endless("x")
        .refused("not UTF-8", new byte[] {(byte) 0xff, '\n'})
        .refused("a lone CR", "a\rb\n");
  }

  @Test
  void theGreetingStandsItsProof() {
    Report report = greeting().run();
    assertThat(report.passed()).as(report.toString()).isTrue();
  }

  @Test
  void echoStandsItsProof() {
    Report report =
        Proof.of(new EchoProtocol())
            .transcript(
                Transcript.named("bytes")
                    .sends(new byte[] {0, 1, 2, (byte) 0xff})
                    .receives(new byte[] {0, 1, 2, (byte) 0xff})
                    .sends("more")
                    .receives("more"))
            .run();
    assertThat(report.passed()).as(report.toString()).isTrue();
  }
}
