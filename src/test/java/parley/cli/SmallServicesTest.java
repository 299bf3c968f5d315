package parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import parley.protocol.Protocols;
import parley.server.ListenerConfig;

class SmallServicesTest {

  /** The shipped conf names all small services, and any other conf may name each of them. */
  @Test
  void aConfMayNameEach() throws Exception {
    Protocols known = Protocols.load(SmallServices.all());
    assertThat(known.names())
        .containsExactly("chargen", "daytime", "discard", "echo", "greeting", "time");
    Conf conf = Conf.load(Path.of("conf/small-services.conf"), List.of(), Map.of());
    assertThat(ServerConf.read(conf, known, Map.of()).listeners())
        .extracting(ListenerConfig::name)
        .containsExactlyInAnyOrder("chargen", "daytime", "discard", "echo", "time");
  }
}
