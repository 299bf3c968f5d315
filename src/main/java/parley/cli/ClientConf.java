package parley.cli;

import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;

/** Makes a ClientConfig from a conf. */
final class ClientConf {

  private ClientConf() {}

  /**
   * Reads every key.
   *
   * @throws ConfException with all that is wrong
   */
  static ClientConfig.Builder read(Conf conf, Protocol protocol) throws ConfException {
    ClientConfig.Builder client =
        ClientConfig.builder(Endpoint.parse("tcp://127.0.0.1:9123"), protocol);
    conf.read("endpoint", "client.endpoint", ConfKind.ENDPOINT, client::endpoint);
    conf.read(
        "connect-timeout", "client.connect-timeout", ConfKind.DURATION, client::connectTimeout);
    conf.read("answer-timeout", "client.answer-timeout", ConfKind.DURATION, client::answerTimeout);
    conf.read("close-timeout", "client.close-timeout", ConfKind.DURATION, client::closeTimeout);
    conf.read("max-in-flight", "client.max-in-flight", ConfKind.INTEGER, client::maxInFlight);
    SettingsConf.read(conf, "settings", protocol, client::set);
    conf.finish();
    return client;
  }
}
