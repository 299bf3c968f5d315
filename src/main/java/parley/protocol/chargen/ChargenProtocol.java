package parley.protocol.chargen;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import parley.codec.BytesCodecFactory;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/**
 * Sends lines of characters for as long as the client reads, and drops what the client sends (RFC
 * 864).
 *
 * <pre>
 *  !"#$%&amp;'()*+,-./0123456789:;&lt;=&gt;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg CR LF
 * !"#$%&amp;'()*+,-./0123456789:;&lt;=&gt;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh CR LF
 * |&lt;-              72 of the 95 characters from space to ~               -&gt;|
 * </pre>
 *
 * <p>Each line starts one character further on, and ~ is followed by space, so the pattern is the
 * same again after 95 lines. A client that ends its side still gets more: only its close, or a
 * drain of the server, ends the session, the drain behind a whole cycle. A client's frame is what
 * one read brought.
 */
public final class ChargenProtocol implements Protocol {

  @Override
  public String name() {
    return "chargen";
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return new BytesCodecFactory();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return new ChargenHandler();
  }

  @Override
  public Correlation correlation() {
    return Correlation.NONE;
  }
}
