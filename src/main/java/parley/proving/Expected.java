package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The expected bytes from the server, with patterns where they vary. Immutable. */
final class Expected {

  static final Expected NOTHING = new Expected(List.of());

  /** The result of a comparison with the bytes received so far. */
  enum Match {
    /** More bytes must come. */
    PARTIAL,
    /** All bytes have come. */
    COMPLETE,
    /** The bytes differ, or there are too many. */
    OTHER
  }

  private record Piece(String text, boolean isPattern) {

    String shown() {
      return isPattern ? "/" + text + "/" : Shown.raw(text);
    }
  }

  private final List<Piece> pieces;
  private final @Nullable Pattern pattern;
  private final String literal;

  private Expected(List<Piece> pieces) {
    this.pieces = pieces;
    StringBuilder all = new StringBuilder();
    StringBuilder regex = new StringBuilder();
    for (Piece piece : pieces) {
      all.append(piece.text());
      regex.append(piece.isPattern() ? "(?:" + piece.text() + ")" : Pattern.quote(piece.text()));
    }
    literal = all.toString();
    boolean varies = pieces.stream().anyMatch(Piece::isPattern);
    pattern = varies ? Pattern.compile(regex.toString(), Pattern.DOTALL) : null;
  }

  static Expected literal(String raw) {
    return raw.isEmpty() ? NOTHING : new Expected(List.of(new Piece(raw, false)));
  }

  static Expected matching(String regex) {
    return new Expected(List.of(new Piece(regex, true)));
  }

  Expected then(Expected more) {
    List<Piece> both = new ArrayList<>(pieces);
    for (Piece piece : more.pieces) {
      Piece last = both.isEmpty() ? null : both.get(both.size() - 1);
      if (last != null && !last.isPattern() && !piece.isPattern()) {
        both.set(both.size() - 1, new Piece(last.text() + piece.text(), false));
      } else {
        both.add(piece);
      }
    }
    return new Expected(List.copyOf(both));
  }

  Match match(String got) {
    if (pattern == null) {
      return got.equals(literal)
          ? Match.COMPLETE
          : literal.startsWith(got) ? Match.PARTIAL : Match.OTHER;
    }
    Matcher matcher = pattern.matcher(got);
    if (matcher.matches()) {
      return Match.COMPLETE;
    }
    return matcher.hitEnd() ? Match.PARTIAL : Match.OTHER;
  }

  /** Returns where the expected bytes end in the received ones; -1 if those start differently. */
  int endIn(String got) {
    if (pattern == null) {
      return got.startsWith(literal) ? literal.length() : -1;
    }
    Matcher matcher = pattern.matcher(got);
    return matcher.lookingAt() ? matcher.end() : -1;
  }

  boolean varies() {
    return pattern != null;
  }

  /** Returns the bytes of an expectation without patterns. */
  String literal() {
    return literal;
  }

  String shown() {
    return pieces.isEmpty()
        ? "nothing"
        : String.join(" ", pieces.stream().map(Piece::shown).toList());
  }
}
