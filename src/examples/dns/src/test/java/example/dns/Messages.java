package example.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Messages for tests, and their bytes. */
final class Messages {

  private Messages() {}

  static Message query(int id, String name, String type) {
    Message query = new Message(id);
    query.getHeader().setFlag(Flags.RD);
    query.addRecord(
        Record.newRecord(Name.fromConstantString(name), Type.value(type), DClass.IN),
        Section.QUESTION);
    return query;
  }

  /** Returns an authoritative answer to a question, or to none if it is null. */
  static Message answer(Message query, int code, String... records) throws IOException {
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RD);
    answer.getHeader().setRcode(code);
    answer.addRecord(query.getQuestion(), Section.QUESTION);
    if (code == Rcode.NOERROR) {
      answer.getHeader().setFlag(Flags.AA);
    }
    for (String each : records) {
      answer.addRecord(record(each), Section.ANSWER);
    }
    return answer;
  }

  /** Returns the record of {@code NAME TTL TYPE DATA}. */
  static Record record(String text) throws IOException {
    String[] parts = text.split(" ", 4);
    return Record.fromString(
        Name.fromString(parts[0]),
        Type.value(parts[2]),
        DClass.IN,
        Long.parseLong(parts[1]),
        parts[3],
        Name.root);
  }

  /** Returns a message as it is on the wire. */
  static byte[] frame(Message message) {
    return frame(message.toWire());
  }

  static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }
}
