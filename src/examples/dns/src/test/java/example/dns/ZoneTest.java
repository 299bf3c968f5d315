package example.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneTest {

  private static final List<String> TOP = List.of("$ORIGIN example.", "$TTL 60");
  private static final List<String> APEX =
      List.of("@ SOA ns hostmaster 1 7200 900 1209600 300", "@ NS ns");

  private static List<String> zone(String... more) {
    List<String> lines = new ArrayList<>(TOP);
    lines.addAll(APEX);
    lines.addAll(List.of(more));
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          www A 1.2.3     | a line of a zone, but line 5 is www A 1.2.3: Invalid address: 1.2.3
          www NOSUCH x    | a line of a zone, but line 5 is www NOSUCH x: Invalid type 'NOSUCH'
          x TXT "a        | a line of a zone, but line 5 is x TXT "a: EOF in quoted string
          $INCLUDE x      | a line of a zone, but line 5 is $INCLUDE x: $INCLUDE encountered, \
          but processing disabled in strict mode
          x CLASS70000 A 192.0.2.1 | Invalid DNS class: 70000
          @ SOA a b 1 2 3 4 5 | one SOA record, not 2
          www.org. A 192.0.2.1 | records of class IN in example., but found: www.org.\t\t60\tIN\tA\t192.0.2.1
          x CH TXT a      | records of class IN in example., but found: x.example.\t\t60\tCH\tTXT\ta
          x NS y          | no delegation, but found: x.example.\t\t60\tIN\tNS\ty.example.
          x DNAME y       | no delegation, but found: x.example.\t\t60\tIN\tDNAME\ty.example.
          ns CNAME y      |
          @ CNAME y       | a CNAME record alone at its name, but found: example.\t\t60\tIN\tCNAME\ty.example.
          $GENERATE 1-2000000000 h$ A 192.0.2.1 | at most 32768 bytes of records
          """)
  void reportsAFault(String line, String fault) {
    assertEquals(fault, ZoneFile.fault(zone(line)));
  }

  @Test
  void aZoneNeedsAnSoaRecordAndAServer() {
    assertEquals("one SOA record, not 0", ZoneFile.fault(List.of()));
    List<String> noServer = new ArrayList<>(TOP);
    noServer.add(APEX.get(0));
    assertEquals("an NS record of example.", ZoneFile.fault(noServer));
    assertNull(ZoneFile.fault(zone()));
  }

  @Test
  void theLargestAnswerFitsAFrame() {
    String longest = "x".repeat(255);
    List<String> many = new ArrayList<>(List.of(zone().toArray(String[]::new)));
    many.addAll(Collections.nCopies(3, "many TXT " + longest));
    for (int i = 0; ZoneFile.fault(many) == null; i++) {
      many.add("*.many TXT " + i + longest.substring(5));
    }
    many.remove(many.size() - 1);
    Answers answers = new Answers(ZoneFile.read(many));
    String name = (("y".repeat(63) + ".").repeat(3)) + "many.example.";
    int bytes = answers.to(Messages.query(1, name, "TXT")).toWire().length;
    assertEquals(true, bytes > 30_000 && bytes <= 65_535, bytes + " bytes");
  }
}
