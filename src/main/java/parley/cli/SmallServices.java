package parley.cli;

import parley.protocol.Protocol;
import parley.protocol.chargen.ChargenProtocol;
import parley.protocol.daytime.DaytimeProtocol;
import parley.protocol.discard.DiscardProtocol;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.time.TimeProtocol;

/**
 * The small services, which a conf may name as well as the greeting and the plug-ins' protocols.
 */
final class SmallServices {

  private SmallServices() {}

  /** Returns a new instance of each, for one server. */
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
