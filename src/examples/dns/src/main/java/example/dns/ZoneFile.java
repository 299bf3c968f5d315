package example.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** A parser of zones from the lines of a master file (RFC 1035, section 5.1). */
final class ZoneFile {

  /** The bound of all records; an answer with all of them is shorter than a frame. */
  private static final int MAX_BYTES = 32 * 1024;

  /** The form of dnsjava's message about a line. */
  private static final Pattern PLACE = Pattern.compile("<none>:(\\d+): (.*)", Pattern.DOTALL);

  private ZoneFile() {}

  /** Returns the expected form of the lines; null if they are a zone. */
  static String fault(List<String> lines) {
    try {
      read(lines);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * Returns the zone of these lines.
   *
   * @throws IllegalArgumentException if they are not a zone; the message has the expected form
   */
  static Zone read(List<String> lines) {
    List<Record> records = records(String.join("\n", lines));
    List<Record> soas = records.stream().filter(each -> each.getType() == Type.SOA).toList();
    if (soas.size() != 1 || !(soas.get(0) instanceof SOARecord soa)) {
      throw new IllegalArgumentException("one SOA record, not " + soas.size());
    }
    if (records.stream().noneMatch(each -> isOf(each, Type.NS, soa.getName()))) {
      throw new IllegalArgumentException("an NS record of " + soa.getName());
    }
    records.forEach(each -> check(each, soa.getName(), records));
    return new Zone(soa, records);
  }

  private static boolean isOf(Record each, int type, Name name) {
    return each.getType() == type && each.getName().equals(name);
  }

  private static void check(Record each, Name origin, List<Record> all) {
    if (!each.getName().subdomain(origin) || each.getDClass() != DClass.IN) {
      throw new IllegalArgumentException(
          "records of class IN in " + origin + ", but found: " + each);
    }
    boolean delegates = each.getType() == Type.NS && !each.getName().equals(origin);
    if (delegates || each.getType() == Type.DNAME) {
      throw new IllegalArgumentException("no delegation, but found: " + each);
    }
    if (each.getType() == Type.CNAME
        && all.stream().anyMatch(o -> o != each && o.getName().equals(each.getName()))) {
      throw new IllegalArgumentException("a CNAME record alone at its name, but found: " + each);
    }
  }

  private static List<Record> records(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Master master = new Master(new ByteArrayInputStream(bytes), Name.root)) {
      master.disableIncludes(true); // only the conf is read
      List<Record> records = new ArrayList<>();
      int size = 0;
      for (Record each = master.nextRecord(); each != null; each = master.nextRecord()) {
        size += each.toWire(Section.ANSWER).length;
        if (size > MAX_BYTES) {
          throw new IllegalArgumentException("at most " + MAX_BYTES + " bytes of records");
        }
        if (!records.contains(each)) {
          records.add(each);
        }
      }
      return records;
    } catch (TextParseException e) {
      throw new IllegalArgumentException(ofLine(text, String.valueOf(e.getMessage())), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Returns a message with the line as written, and its error. */
  private static String ofLine(String text, String message) {
    Matcher place = PLACE.matcher(message);
    if (!place.matches()) {
      return message;
    }
    int number = Integer.parseInt(place.group(1));
    String line = text.lines().skip(number - 1L).findFirst().orElse("the end");
    return "a line of a zone, but line " + number + " is " + line + ": " + place.group(2);
  }

  /** Returns the expected form of the names; null if they are names. */
  static String noNames(List<String> names) {
    try {
      names.forEach(ZoneFile::name);
      return null;
    } catch (IllegalArgumentException e) {
      return "DNS names; " + e.getMessage();
    }
  }

  /** Returns a name from its text, which may end with a dot. */
  static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
