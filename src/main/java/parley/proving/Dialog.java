package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The log of a case, in order, as a failure shows it. */
final class Dialog {

  private static final String BAR = "(\"|\" is where reads end)";

  private final List<Entry> entries = new ArrayList<>();

  private record Entry(String who, List<String> parts, String text, String note) {}

  /** Adds a part that was sent; the next part of the same sender continues the line. */
  void sent(String who, String raw) {
    Entry last = entries.isEmpty() ? null : entries.get(entries.size() - 1);
    if (last != null && last.who().equals(who) && !last.parts().isEmpty()) {
      last.parts().add(raw);
    } else {
      entries.add(new Entry(who, new ArrayList<>(List.of(raw)), "", ""));
    }
  }

  void line(String who, String text, String note) {
    entries.add(new Entry(who, List.of(), text, note));
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    boolean explained = false;
    for (Entry entry : entries) {
      boolean cut = entry.parts().size() > 1;
      String text = entry.parts().isEmpty() ? entry.text() : Shown.parts(entry.parts());
      String note = cut && !explained ? BAR : entry.note();
      explained |= cut;
      String line = entry.who() + ": " + text;
      lines.add(note.isEmpty() ? line : String.format(Locale.ROOT, "%-26s %s", line, note));
    }
    return lines;
  }
}
