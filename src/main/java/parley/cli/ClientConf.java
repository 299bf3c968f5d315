package parley.cli;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import parley.client.ClientConfig;
import parley.protocol.Protocol;
import parley.tls.TlsConfig;

/** Builds a ClientConfig from a conf. */
final class ClientConf {

  private ClientConf() {}

  /**
   * Reads every key.
   *
   * @param unsolicited receives frames that answer no request
   * @throws ConfException with all problems
   */
  static <Q, A> ClientConfig<Q, A> read(
      Conf conf, Protocol<Q, A> protocol, Consumer<? super A> unsolicited) throws ConfException {
    ClientConfig.Builder<Q, A> client = ClientConfig.builder("tcp://127.0.0.1:9123", protocol);
    conf.read("endpoint", "client.endpoint", ConfKind.ENDPOINT, client::endpoint);
    conf.read(
        "connect-timeout", "client.connect-timeout", ConfKind.DURATION, client::connectTimeout);
    conf.read("answer-timeout", "client.answer-timeout", ConfKind.DURATION, client::answerTimeout);
    conf.read("close-timeout", "client.close-timeout", ConfKind.DURATION, client::closeTimeout);
    conf.read("max-in-flight", "client.max-in-flight", ConfKind.INTEGER, client::maxInFlight);
    SettingsConf.readTls(conf, "tls", "client.tls", TlsConfig.OF_CLIENT, client::tls);
    SettingsConf.read(conf, "settings", protocol, client::set);
    @Nullable ClientConfig<Q, A> config =
        conf.problems() == 0 ? build(conf, client.onUnsolicited(unsolicited)) : null;
    conf.finish();
    return Objects.requireNonNull(config); // otherwise finish() has thrown
  }

  private static <Q, A> @Nullable ClientConfig<Q, A> build(
      Conf conf, ClientConfig.Builder<Q, A> client) {
    try {
      return client.build();
    } catch (IllegalArgumentException e) {
      if (!SettingsConf.isTlsProblem(conf, "", e)) {
        throw e;
      }
      return null;
    }
  }
}
