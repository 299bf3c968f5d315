package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.codec.LineCodecFactory;
import parley.protocol.greeting.GreetingProtocol;

class ProtocolsTest {

  /** Takes the greeting's name. */
  public static class Impostor implements Protocol {
    @Override
    public String name() {
      return "greeting";
    }

    @Override
    public ProtocolCodecFactory codec(Settings settings, Side side) {
      return new LineCodecFactory();
    }

    @Override
    public IoHandler handler(Settings settings) {
      return new IoHandlerAdapter();
    }
  }

  /** Cannot be made. */
  public static class Failing extends Impostor {
    public Failing() {
      throw new NoClassDefFoundError("org/apache/mina/Elsewhere");
    }
  }

  private static ClassLoader with(Path folder, String service) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(Protocol.class.getName()), service + "\n");
    return new URLClassLoader(
        new URL[] {folder.toUri().toURL()}, ProtocolsTest.class.getClassLoader());
  }

  @Test
  void theBuiltInOnesAreFound() {
    assertThat(Protocols.load().names())
        .contains("chargen", "daytime", "discard", "echo", "greeting", "time");
    assertThat(Protocols.load().find("greeting")).isInstanceOf(GreetingProtocol.class);
    assertThat(Protocols.load().find("none")).isNull();
  }

  @Test
  void whatCannotBeLoadedIsSaidWithItsName(@TempDir Path folder) throws IOException {
    ClassLoader twice = with(folder, Impostor.class.getName());
    assertThatThrownBy(() -> Protocols.load(twice))
        .hasMessageStartingWith("two protocols are named greeting: ")
        .hasMessageContaining("Impostor");
    ClassLoader failing = with(folder, Failing.class.getName());
    assertThatThrownBy(() -> Protocols.load(failing))
        .hasMessageContaining("Failing")
        .hasMessageContaining("org/apache/mina/Elsewhere");
    ClassLoader missing = with(folder, "no.such.Protocol");
    assertThatThrownBy(() -> Protocols.load(missing)).hasMessageContaining("no.such.Protocol");
    ClassLoader noProtocol = with(folder, ProtocolsTest.class.getName());
    assertThatThrownBy(() -> Protocols.load(noProtocol)).hasMessageContaining("ProtocolsTest");
  }

  @Test
  void settingsAreTypedAndChecked() {
    Protocol greeting = new GreetingProtocol();
    Settings settings = Settings.of(greeting, Map.of("banner", "Hi", "max-line", 7));
    assertThat(settings.get(GreetingProtocol.BANNER)).isEqualTo("Hi");
    assertThat(settings.get(GreetingProtocol.MAX_LINE)).isEqualTo(7);
    assertThat(settings.get(GreetingProtocol.ANSWER)).isEqualTo("Hello, {name}!");
    assertThatThrownBy(() -> Settings.of(greeting, Map.of("banner", "a\nb")))
        .hasMessageStartingWith("banner: ")
        .hasMessageEndingWith("(expected: one line of text, not empty)");
    assertThatThrownBy(() -> Settings.of(greeting, Map.of("max-line", "7")))
        .hasMessage("max-line: \"7\" (expected: of type Integer)");
    assertThatThrownBy(() -> Settings.of(greeting, Map.of("baner", "a")))
        .hasMessage(
            "protocol greeting has no setting baner"
                + " (expected: [banner, answer, max-line, max-answer])");
    Setting<String> secret =
        Setting.text("password", "x").check(v -> "x".equals(v) ? null : "x").secret();
    assertThatThrownBy(() -> secret.checked("hunter2")).hasMessage("password: *** (expected: x)");
    assertThatThrownBy(() -> settings.get(Setting.flag("other", true)))
        .hasMessage("setting other is not declared");
    assertThatThrownBy(
            () ->
                Setting.duration("t", Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .hasMessage("t: 0s (expected: 1s to 2s)");
  }
}
