package parley.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.session.EndReason;
import parley.telemetry.Observer;
import parley.telemetry.Rejection;
import parley.telemetry.SessionRecord;

/** The events of Java Flight Recorder, with the settings of conf/parley.jfc. */
class JfrEventsTest {

  private static final Endpoint LOCAL = Endpoint.parse("tcp://127.0.0.1:1");
  private static final Endpoint PEER = Endpoint.parse("tcp://192.0.2.1:2");

  @TempDir Path folder;

  private List<RecordedEvent> record(Consumer<Recording> settings, Runnable events)
      throws Exception {
    try (Reader jfc = Files.newBufferedReader(Path.of("conf/parley.jfc"));
        Recording recording = new Recording(Configuration.create(jfc))) {
      settings.accept(recording);
      recording.start();
      events.run();
      recording.stop();
      Path file = folder.resolve("recording.jfr");
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(each -> each.getEventType().getName().startsWith("parley."))
          .toList();
    }
  }

  private static SessionRecord ended(Duration duration) {
    return new SessionRecord(
        7,
        "line",
        "echo",
        new Association("tcp", LOCAL, PEER),
        PEER,
        null,
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        10,
        20,
        3,
        4,
        duration,
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        EndReason.IDLE_TIMEOUT);
  }

  private static Observer.Handshake handshake(Duration duration) {
    return handshake(duration, null);
  }

  private static Observer.Handshake handshake(Duration duration, @Nullable String failure) {
    return new Observer.Handshake("line", 7, duration, "TLSv1.3", "TLS_X", failure);
  }

  @Test
  void eachEventHasItsFieldsAndNoStack() throws Exception {
    List<RecordedEvent> events =
        record(
            recording -> {},
            () -> {
              JfrEvents.sessionEnded(ended(Duration.ofSeconds(5)));
              JfrEvents.handshakeEnded(handshake(Duration.ofMillis(1), "TLS: no TLS"));
              JfrEvents.connectionRejected("line", PEER, Rejection.CONNECTIONS_PER_SECOND);
              JfrEvents.loopHeldUp("1", Duration.ofSeconds(2));
            });
    assertThat(events.stream().map(each -> each.getEventType().getName()))
        .containsExactly(
            "parley.SessionEnd",
            "parley.Handshake",
            "parley.ConnectionRejected",
            "parley.LoopHeldUp");
    assertThat(events).allMatch(each -> each.getStackTrace() == null);
    RecordedEvent end = events.get(0);
    assertThat(end.getLong("session")).isEqualTo(7);
    assertThat(end.getString("service")).isEqualTo("line");
    assertThat(end.getString("remote")).isEqualTo("192.0.2.1:2");
    assertThat(end.getString("tls")).isEqualTo("TLSv1.3");
    assertThat(end.getLong("readBytes")).isEqualTo(10);
    assertThat(end.getLong("requests")).isEqualTo(3);
    assertThat(end.getDuration("lasted")).isEqualTo(Duration.ofSeconds(5));
    assertThat(end.getDuration("longestAnswer")).isEqualTo(Duration.ofMillis(2));
    assertThat(end.getString("endedBy")).isEqualTo("parley");
    assertThat(end.getString("reason")).isEqualTo("idle_timeout");
    assertThat(events.get(1).getString("failure")).isEqualTo("TLS: no TLS");
    assertThat(events.get(2).getString("limit")).isEqualTo("connections_per_second");
    assertThat(events.get(3).getDuration("blocked")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void shorterOnesAreLeftOut() throws Exception {
    List<RecordedEvent> events =
        record(
            recording -> recording.enable("parley.SessionEnd").with("longerThan", "3 s"),
            () -> {
              JfrEvents.sessionEnded(ended(Duration.ofSeconds(2)));
              JfrEvents.sessionEnded(ended(Duration.ofSeconds(3)));
              JfrEvents.handshakeEnded(handshake(Duration.ofMillis(19)));
            });
    assertThat(events)
        .singleElement()
        .satisfies(each -> assertThat(each.getDuration("lasted")).hasSeconds(3));
  }

  @Test
  void theShortestOfSeveralSettingsCounts() {
    JfrEvents.LongerThan setting = new JfrEvents.LongerThan();
    assertThat(setting.combine(Set.of("1 s", "20 ms", "1 m"))).isEqualTo("20 ms");
    setting.setValue("20 us");
    assertThat(setting.getValue()).isEqualTo("20 us");
    assertThat(setting.accepts(19_999)).isFalse();
    assertThat(setting.accepts(20_000)).isTrue();
  }
}
