package example.resp;

import java.util.ArrayList;
import java.util.List;
import parley.codec.FrameException;

/**
 * A parser of a line into words at white space. A word may be quoted. In double quotes a backslash
 * escapes ({@code \n \r \t \b \a \xHH}); in single quotes it escapes only a single quote.
 */
final class Words {

  private static final String SPACES = " \t\n\r\f\u000b";

  private final String line;
  private int at;

  Words(String line) {
    this.line = line;
  }

  List<byte[]> split(int most) throws FrameException {
    List<byte[]> words = new ArrayList<>();
    for (skipSpaces(); at < line.length(); skipSpaces()) {
      if (words.size() == most) {
        throw new FrameException("invalid multibulk length");
      }
      words.add(Text.bytes(word()));
    }
    return words;
  }

  private boolean isAtSpace() {
    return at < line.length() && SPACES.indexOf(line.charAt(at)) >= 0;
  }

  private void skipSpaces() {
    while (isAtSpace()) {
      at++;
    }
  }

  private String word() throws FrameException {
    StringBuilder word = new StringBuilder();
    while (at < line.length() && !isAtSpace()) {
      char c = line.charAt(at++);
      if (c == '"' || c == '\'') {
        quoted(c, word);
        return word.toString();
      }
      word.append(c);
    }
    return word.toString();
  }

  /** Reads everything up to the closing quote, which must end the word. */
  private void quoted(char quote, StringBuilder word) throws FrameException {
    for (char c = next(); c != quote; c = next()) {
      boolean escapes = c == '\\' && at < line.length();
      if (escapes && quote == '"') {
        word.append(escaped());
      } else if (escapes && line.charAt(at) == quote) {
        word.append(next());
      } else {
        word.append(c);
      }
    }
    if (at < line.length() && !isAtSpace()) {
      throw unbalanced();
    }
  }

  private char escaped() throws FrameException {
    char c = next();
    if (c == 'x' && at + 2 <= line.length()) {
      int high = Character.digit(line.charAt(at), 16);
      int low = Character.digit(line.charAt(at + 1), 16);
      if (high >= 0 && low >= 0) {
        at += 2;
        return (char) (16 * high + low);
      }
    }
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> '\u0007';
      default -> c;
    };
  }

  private char next() throws FrameException {
    if (at == line.length()) {
      throw unbalanced();
    }
    return line.charAt(at++);
  }

  private static FrameException unbalanced() {
    return new FrameException("unbalanced quotes in request");
  }
}
