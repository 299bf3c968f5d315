package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.greeting.GreetingProtocol;

class ProtocolsTest {

  /** A server offers the small services only on request. */
  @Test
  void onlyTheGreetingIsFoundByDefault() {
    assertThat(Protocols.load().names()).containsExactly("greeting");
    assertThat(Protocols.load().find("greeting")).isInstanceOf(GreetingProtocol.class);
    assertThat(Protocols.load().find("echo")).isNull();
  }

  @Test
  void protocolsPassedInAreFoundBesideThoseOnTheClassPath() {
    Protocol<?, ?> echo = new EchoProtocol();
    Protocol<String, String> greeting = new GreetingProtocol();
    Protocols found = Protocols.load(echo, greeting);
    assertThat(found.names()).containsExactly("echo", "greeting");
    assertThat(found.find("echo")).isSameAs(echo);
    assertThat(found.find("greeting")).isSameAs(greeting);
  }

  @Test
  void aNameIsUsedOnce() {
    Protocol<String, String> other =
        Protocol.<String>answering("greeting", new LineCodecFactory(), (s, line) -> line);
    assertThatThrownBy(() -> Protocols.load(other))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(
            GreetingProtocol.class.getName()
                + ": protocol greeting already exists: "
                + other.getClass().getName());
    assertThatThrownBy(() -> Protocols.load(new EchoProtocol(), new EchoProtocol()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(
            EchoProtocol.class.getName() + ": protocol echo already exists: parley.");
    Protocol<String, String> bad =
        new Protocol.Symmetric<>() {
          @Override
          public String name() {
            return "E";
          }

          @Override
          public Codec<String, String> codec(Settings settings) {
            return new LineCodecFactory();
          }

          @Override
          public AnswerHandler<String, String> handler(Settings settings) {
            return AnswerHandler.of((String line) -> line);
          }
        };
    assertThatThrownBy(() -> Protocols.load(bad))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            bad.getClass().getName()
                + ": protocol name: \"E\" (expected: lower-case letters, digits and -)");
  }

  @Test
  void settingsAreTypedAndChecked() {
    Protocol<String, String> greeting = new GreetingProtocol();
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
    Setting<List<String>> list =
        Setting.texts("hosts", List.of("a")).check(v -> v.isEmpty() ? "one or more" : null);
    assertThat(list.checked(new ArrayList<>(List.of("b", "c")))).containsExactly("b", "c");
    assertThatThrownBy(() -> list.checked(List.of(1)))
        .hasMessage("hosts: [1] (expected: a list of texts)");
    assertThatThrownBy(() -> list.checked(List.of()))
        .hasMessage("hosts: [] (expected: one or more)");
    Setting<String> secret =
        Setting.text("password", "x").check(v -> "x".equals(v) ? null : "x").secret();
    assertThatThrownBy(() -> secret.checked("hunter2")).hasMessage("password: *** (expected: x)");
    assertThatThrownBy(() -> settings.get(Setting.flag("other", true)))
        .hasMessage(
            "setting other is not declared (expected: [banner, answer, max-line, max-answer])");
    assertThatThrownBy(
            () ->
                Setting.duration("t", Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .hasMessage("t: 0s (expected: 1s to 2s)");
  }
}
