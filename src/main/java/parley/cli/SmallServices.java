package parley.cli;

import parley.protocol.Protocol;
import parley.protocol.chargen.ChargenProtocol;
import parley.protocol.daytime.DaytimeProtocol;
import parley.protocol.discard.DiscardProtocol;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.time.TimeProtocol;

/** The small services, which a conf may name beside the greeting and the protocols of plug-ins. */
final class SmallServices {

  private SmallServices() {}

  /** Returns one of each, for one server. */
  static Protocol<?, ?>[] all() {
    return new Protocol<?, ?>[] {
      new ChargenProtocol(),
      new DaytimeProtocol(),
      new DiscardProtocol(),
      new EchoProtocol(),
      new TimeProtocol()
    };
  }
}
