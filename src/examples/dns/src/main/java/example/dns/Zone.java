package example.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * Holds the records of a zone without delegations, and finds what answers a question (RFC 1034
 * 4.3.2, wildcards of RFC 4592, negative answers of RFC 2308). Immutable.
 */
final class Zone {

  /**
   * What was found.
   *
   * @param code NOERROR or NXDOMAIN, of the last name where aliases were followed
   * @param answer the records, aliases first
   * @param authority the SOA record where there are none for the last name
   */
  record Found(int code, List<Record> answer, List<Record> authority) {}

  /** So many aliases are followed; a loop ends there too. */
  private static final int MAX_ALIASES = 16;

  private final Name origin;
  private final List<Record> negative;

  /** The records of each name; none for a name that others are below. */
  private final Map<Name, List<Record>> names = new HashMap<>();

  /** Of records at and below the SOA's name. */
  Zone(SOARecord soa, List<Record> records) {
    origin = soa.getName();
    negative = List.of(negative(soa));
    for (Record each : records) {
      at(each.getName()).add(each);
    }
  }

  /** The list of a name, made with those of all names above. */
  private List<Record> at(Name name) {
    List<Record> known = names.get(name);
    if (known != null) {
      return known;
    }
    if (!name.equals(origin)) {
      at(parent(name));
    }
    List<Record> made = new ArrayList<>();
    names.put(name, made);
    return made;
  }

  private static Name parent(Name name) {
    return new Name(name, 1);
  }

  /** The SOA record for an answer without records: how long that holds is in its last field. */
  private static Record negative(SOARecord soa) {
    return new SOARecord(
        soa.getName(),
        soa.getDClass(),
        Math.min(soa.getTTL(), soa.getMinimum()),
        soa.getHost(),
        soa.getAdmin(),
        soa.getSerial(),
        soa.getRefresh(),
        soa.getRetry(),
        soa.getExpire(),
        soa.getMinimum());
  }

  /** The name that all others are below. */
  Name origin() {
    return origin;
  }

  /** What answers a question for a name of this zone. */
  Found find(Name name, int type) {
    List<Record> answer = new ArrayList<>();
    Name next = name;
    while (next.subdomain(origin) && answer.size() <= MAX_ALIASES) {
      List<Record> there = lookUp(next);
      if (there == null) {
        return new Found(Rcode.NXDOMAIN, answer, negative);
      }
      List<Record> wanted = there.stream().filter(each -> isOf(each, type)).toList();
      if (!wanted.isEmpty()) {
        answer.addAll(wanted);
        return new Found(Rcode.NOERROR, answer, List.of());
      }
      if (there.isEmpty() || !(there.get(0) instanceof CNAMERecord alias)) {
        return new Found(Rcode.NOERROR, answer, negative);
      }
      answer.add(alias);
      next = alias.getTarget();
    }
    return new Found(Rcode.NOERROR, answer, List.of());
  }

  private static boolean isOf(Record each, int type) {
    return type == Type.ANY || each.getType() == type;
  }

  /** The records of a name, of a wildcard too; null if there is no such name. */
  private List<Record> lookUp(Name name) {
    List<Record> exact = names.get(name);
    if (exact != null) {
      return exact;
    }
    Name below = name;
    while (!names.containsKey(parent(below))) {
      below = parent(below);
    }
    List<Record> wild = names.get(below.wild(1));
    return wild == null ? null : wild.stream().map(each -> each.withName(name)).toList();
  }
}
