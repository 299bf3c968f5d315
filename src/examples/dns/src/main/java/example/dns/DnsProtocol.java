package example.dns;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.codec.LengthFieldCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * DNS over TCP (RFC 1035, section 4.2.2, and RFC 7766), both sides. The server answers from a small
 * zone, each query as soon as its answer is complete. The client finds the query of an answer by
 * the id.
 */
public final class DnsProtocol implements Protocol.Answering<Message, Message> {

  /**
   * The lines of the zone's master file (RFC 1035, section 5.1), with at most 32 KiB of records.
   */
  public static final Setting<List<String>> ZONE =
      Setting.texts(
              "zone",
              List.of(
                  "$ORIGIN example.",
                  "$TTL 3600",
                  "@ SOA ns hostmaster 1 7200 900 1209600 300",
                  "@ NS ns",
                  "ns A 192.0.2.53",
                  "www A 192.0.2.80"))
          .check(ZoneFile::fault);

  /** The names whose queries are answered later, as if another server had to be asked. */
  public static final Setting<List<String>> DELAYED =
      Setting.texts("delayed", List.of()).check(ZoneFile::noNames);

  /** How much later, 0 to 10 seconds; these queries do not delay others. */
  public static final Setting<Duration> LATER =
      Setting.duration("later", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10));

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ZONE, DELAYED, LATER);
  }

  /** Returns the codec of frames of two bytes of length and a message. */
  @Override
  public Codec<Message, Message> codec(Settings settings) {
    return new MappedCodecFactory<>(
        new LengthFieldCodecFactory(2), DnsProtocol::query, Message::toWire);
  }

  @Override
  public Codec<Message, Message> clientCodec(Settings settings) {
    return new MappedCodecFactory<>(
        new LengthFieldCodecFactory(2), DnsProtocol::response, Message::toWire);
  }

  @Override
  public AnswerHandler<Message, Message> handler(Settings settings) {
    Answers answers = new Answers(ZoneFile.read(settings.get(ZONE)));
    Delay delay = new Delay(settings.get(DELAYED), settings.get(LATER));
    return AnswerHandler.inAnyOrder(
        (IoSession session, Message query) -> delay.of(query, answers.to(query)));
  }

  @Override
  public Correlation<Message, Message> correlation() {
    return Correlation.byKey(DnsProtocol::id, DnsProtocol::id);
  }

  private static int id(Message message) {
    return message.getHeader().getID();
  }

  /** Returns a query; a malformed one becomes a query without a question, which gets FORMERR. */
  private static Message query(byte[] frame) throws FrameException {
    if (frame.length < Header.LENGTH) {
      throw new FrameException("not a DNS message: less than " + Header.LENGTH + " bytes");
    }
    try {
      return new Message(frame);
    } catch (IOException malformed) {
      byte[] header = Arrays.copyOf(frame, Header.LENGTH);
      Arrays.fill(header, 4, Header.LENGTH, (byte) 0); // the four counts
      return response(header);
    }
  }

  private static Message response(byte[] frame) throws FrameException {
    try {
      return new Message(frame);
    } catch (IOException e) {
      throw new FrameException("not a DNS message: malformed");
    }
  }
}
