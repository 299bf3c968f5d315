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
 * The records of a zone without delegations. Finds the records that answer a question (RFC 1034,
 * section 4.3.2; wildcards of RFC 4592; negative answers of RFC 2308). Immutable.
 */
final class Zone {

  /**
   * The result of a search.
   *
   * @param code NOERROR or NXDOMAIN; after aliases, that of the last name
   * @param answer the records, aliases first
   * @param authority the SOA record if the last name has no records
   */
  record Found(int code, List<Record> answer, List<Record> authority) {}

  /** The largest number of aliases that are followed, which also ends a loop. */
  private static final int MAX_ALIASES = 16;

  private final Name origin;
  private final List<Record> negative;

  /** The records of each name; an empty list for a name that only has names below it. */
  private final Map<Name, List<Record>> names = new HashMap<>();

  /** Creates a zone of records at and below the SOA's name. */
  Zone(SOARecord soa, List<Record> records) {
    origin = soa.getName();
    negative = List.of(negative(soa));
    for (Record each : records) {
      at(each.getName()).add(each);
    }
  }

  /** Returns the list of a name; creates it and those of all names above. */
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

  /** Returns the SOA record for an answer without records; its last field has the validity time. */
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

  /** Returns the name that all others are below. */
  Name origin() {
    return origin;
  }

  /** Returns the records that answer a question for a name of this zone. */
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

  /** Returns the records of a name, also of a wildcard; null if the name is unknown. */
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
