package bench.plot;

import java.util.Locale;

/** The text of an SVG file, line by line. */
final class Svg {

  static final String INK = "#1f2328";
  static final String PALE_INK = "#59636e";
  static final String GRID = "#e6e8eb";

  private final StringBuilder text = new StringBuilder();

  /**
   * Starts a picture with its own background, so that it is readable on a light and on a dark page.
   */
  Svg(int width, int height, String title, String description) {
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " role=\"img\" aria-labelledby=\"title desc\" font-family=\"system-ui, 'Segoe UI',"
            + " 'DejaVu Sans', Helvetica, Arial, sans-serif\">",
        width, height, width, height);
    line("<title id=\"title\">%s</title>", escaped(title));
    line("<desc id=\"desc\">%s</desc>", escaped(description));
    line(
        "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#ffffff\""
            + " stroke=\"#d1d9e0\"/>",
        width - 1, height - 1);
  }

  /** Formats like {@link String#format}, always with a decimal point. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  static String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Adds a line of markup. */
  void line(String format, Object... values) {
    text.append(format(format, values)).append('\n');
  }

  /** Adds a straight line, with further attributes of its element. */
  void stroke(double x1, double y1, double x2, double y2, String more) {
    line("<path d=\"M%.1f,%.1fL%.1f,%.1f\" fill=\"none\" %s/>", x1, y1, x2, y2, more);
  }

  /** Adds words, with further attributes of their element. */
  void words(double x, double y, int size, String colour, String more, String words) {
    line(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"%s\" %s>%s</text>",
        x, y, size, colour, more, escaped(words));
  }

  /** Returns the whole file. */
  String end() {
    return text + "</svg>\n";
  }
}
