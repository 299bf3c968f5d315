package example.dns;

import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The answers to queries from a zone, as its authority (RFC 1035, section 4.1; EDNS of RFC 6891).
 * Immutable.
 *
 * <p>REFUSED for a name outside the zone, a class other than IN, or a zone transfer. NOTIMP for an
 * opcode other than QUERY. FORMERR for no question or several. BADVERS for an EDNS version above 0.
 */
final class Answers {

  /** The UDP payload size that EDNS must announce, although this server does not use UDP. */
  private static final int UDP_BYTES = 1232;

  private final Zone zone;

  Answers(Zone zone) {
    this.zone = zone;
  }

  /**
   * Returns the answer to a query; null for an answer, which two servers would send back and forth.
   */
  Message to(Message query) {
    Header asked = query.getHeader();
    if (asked.getFlag(Flags.QR)) {
      return null;
    }
    Message answer = new Message(asked.getID());
    Header header = answer.getHeader();
    header.setOpcode(asked.getOpcode());
    header.setFlag(Flags.QR);
    if (asked.getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    List<Record> questions = query.getSection(Section.QUESTION);
    if (questions.size() == 1) {
      answer.addRecord(questions.get(0), Section.QUESTION);
    }
    int code = fill(answer, query);
    header.setRcode(code & 0xf);
    if (query.getOPT() != null) { // the OPT record has the upper bits of the code
      answer.addRecord(new OPTRecord(UDP_BYTES, code >> 4, 0), Section.ADDITIONAL);
    }
    return answer;
  }

  /** Adds the records to the answer and returns the response code. */
  private int fill(Message answer, Message query) {
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      return Rcode.NOTIMP;
    }
    List<OPTRecord> edns = edns(query);
    if (query.getSection(Section.QUESTION).size() != 1 || edns.size() > 1) {
      return Rcode.FORMERR;
    }
    if (edns.stream().anyMatch(each -> each.getVersion() > 0)) {
      return Rcode.BADVERS;
    }
    Record question = query.getQuestion();
    int type = question.getType();
    if (question.getDClass() != DClass.IN
        || !question.getName().subdomain(zone.origin())
        || type == Type.AXFR
        || type == Type.IXFR) {
      return Rcode.REFUSED;
    }
    Zone.Found found = zone.find(question.getName(), type);
    answer.getHeader().setFlag(Flags.AA);
    found.answer().forEach(each -> answer.addRecord(each, Section.ANSWER));
    found.authority().forEach(each -> answer.addRecord(each, Section.AUTHORITY));
    return found.code();
  }

  private static List<OPTRecord> edns(Message query) {
    return query.getSection(Section.ADDITIONAL).stream()
        .filter(OPTRecord.class::isInstance)
        .map(OPTRecord.class::cast)
        .toList();
  }
}
