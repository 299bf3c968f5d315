package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import parley.codec.FixedLengthCodecFactory;
import parley.codec.LengthFieldCodecFactory;
import parley.codec.LineCodecFactory;
import parley.protocol.Protocol;
import parley.protocol.chargen.ChargenProtocol;
import parley.protocol.daytime.DaytimeProtocol;
import parley.protocol.discard.DiscardProtocol;
import parley.protocol.time.TimeProtocol;

/**
 * Each built-in protocol and codec, checked by the proving kit; ProofTest has greeting and echo.
 */
class BuiltInProtocolsTest {

  @Test
  void eachProtocolHasATest() {
    Set<String> builtIn =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("parley.protocol")
                .stream()
                .filter(each -> each.isAssignableTo(Protocol.class))
                .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(each -> !each.isInterface())
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    assertThat(builtIn)
        .isEqualTo(
            Set.of(
                "GreetingProtocol",
                "EchoProtocol",
                "DiscardProtocol",
                "ChargenProtocol",
                "DaytimeProtocol",
                "TimeProtocol"));
  }

  @Test
  void discard() {
    Proof.of(new DiscardProtocol())
        .transcript(Transcript.named("dropped").sends("Ada\nLin\0").sends(new byte[20]))
        .check();
  }

  /** Two lines of the pattern, and no end: the client ends the stream. */
  @Test
  void chargen() {
    StringBuilder lines = new StringBuilder();
    for (int first = 0; first < 2; first++) {
      for (int column = 0; column < 72; column++) {
        lines.append((char) (' ' + (first + column) % 95));
      }
      lines.append("\r\n");
    }
    Proof.of(new ChargenProtocol())
        .transcript(
            Transcript.named("on and on").receives(lines.toString()).sends("dropped").goesOn())
        .check();
  }

  @Test
  void daytime() {
    Proof.of(new DaytimeProtocol())
        .set("zone", "UTC")
        .transcript(
            Transcript.named("a line")
                .receivesMatching("\\d\\d [A-Z]{3} \\d{4} \\d\\d:\\d\\d:\\d\\d UTC\r\n")
                .closed())
        .check();
  }

  @Test
  void time() {
    Proof.of(new TimeProtocol())
        .transcript(Transcript.named("four bytes").receivesMatching("....").closed())
        .check();
  }

  @Test
  void theCodecsToBuildOn() {
    Proof.of(new LineCodecFactory()).stream("lines", "Ada\r\n\nLin\n", "Ada", "", "Lin")
        .limit(1024, n -> "x".repeat(n) + "\n", n -> "x".repeat(n))
        .endless("x")
        .refused("not UTF-8", new byte[] {(byte) 0xFF, '\n'})
        .check();
    Proof.of(new LengthFieldCodecFactory(2)).stream(
            "frames", "\0\3Ada\0\0\0\1x", "Ada".getBytes(), new byte[0], "x".getBytes())
        .wholeFramesOnly()
        .check();
    Proof.of(LengthFieldCodecFactory.builder().varint().offset(2).maxFrameBytes(300).build())
        .stream("frames", "ab\3Adaxy\0", "abAda".getBytes(), "xy".getBytes())
        .limit(300, n -> frame(n), n -> "y".repeat(n).getBytes())
        .wholeFramesOnly()
        .check();
    Proof.of(new FixedLengthCodecFactory(3)).stream(
            "threes", "AdaLin", "Ada".getBytes(), "Lin".getBytes())
        .wholeFramesOnly()
        .check();
  }

  /** Returns a frame of n bytes, two of them before a varint of two bytes. */
  private static byte[] frame(int n) {
    byte[] text = ("yy##" + "y".repeat(n - 2)).getBytes();
    text[2] = (byte) ((n - 2) | 0x80);
    text[3] = (byte) ((n - 2) >> 7);
    return text;
  }
}
