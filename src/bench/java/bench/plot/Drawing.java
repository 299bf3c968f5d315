package bench.plot;

import bench.plot.Chart.Place;
import bench.shared.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Draws one chart as SVG. */
final class Drawing {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 460;
  private static final int LEFT = 76;
  private static final int RIGHT = 488;
  private static final int TOP = 76;
  private static final int BOTTOM = 364;
  private static final int INSET = 28;
  private static final int LABELS = 520;
  private static final int LABEL_HEIGHT = 19;
  private static final double DODGE = 2.6;

  private final Chart chart;
  private final Scale scale;
  private final List<Stack> stacks;
  private final Svg svg;

  private Drawing(Chart chart) {
    this.chart = chart;
    this.scale = chart.scale();
    this.stacks = List.copyOf(chart.series().keySet());
    this.svg = new Svg(WIDTH, HEIGHT, chart.title(), chart.description());
  }

  /** Returns the text of the chart's file. */
  static String of(Chart chart) {
    Drawing drawing = new Drawing(chart);
    drawing.axes();
    drawing.labels();
    List<Stack> peersFirst = new ArrayList<>(drawing.stacks);
    peersFirst.sort((a, b) -> Boolean.compare(a.isParley(), b.isParley()));
    peersFirst.forEach(drawing::line);
    return drawing.svg.end();
  }

  private void axes() {
    svg.words(20, 30, 17, Svg.INK, "font-weight=\"600\"", chart.title());
    svg.words(20, 54, 12, Svg.PALE_INK, "", chart.yTitle() + (scale.log() ? ", log scale" : ""));
    for (double tick : scale.ticks()) {
      double y = y(tick);
      boolean axis = tick == scale.ticks().get(0);
      svg.stroke(LEFT, y, RIGHT, y, "stroke=\"" + (axis ? Svg.PALE_INK : Svg.GRID) + "\"");
      svg.words(LEFT - 8, y + 4, 12, Svg.PALE_INK, "text-anchor=\"end\"", chart.unit().of(tick));
    }
    for (Place place : chart.places()) {
      double x = x(place);
      svg.stroke(x, BOTTOM, x, BOTTOM + 5, "stroke=\"" + Svg.PALE_INK + "\"");
      svg.words(x, BOTTOM + 20, 12, Svg.INK, "text-anchor=\"middle\"", place.label());
      svg.words(x, BOTTOM + 35, 11, Svg.PALE_INK, "text-anchor=\"middle\"", place.more());
    }
    double middle = (LEFT + RIGHT) / 2.0;
    int below = chart.places().stream().allMatch(place -> place.more().isEmpty()) ? 44 : 56;
    svg.words(middle, BOTTOM + below, 12, Svg.PALE_INK, "text-anchor=\"middle\"", chart.xTitle());
    svg.words(20, HEIGHT - 16, 11, Svg.PALE_INK, "", chart.note());
  }

  private void line(Stack stack) {
    SortedMap<Integer, Spread> points = chart.series().get(stack);
    String stroke =
        Svg.format(
            "stroke=\"%s\" stroke-width=\"%s\"", stack.colour(), stack.isParley() ? "2.8" : "1.6");
    svg.line("<g class=\"series\" id=\"%s\">", Svg.escaped(stack.name()));
    StringBuilder path = new StringBuilder();
    points.forEach(
        (place, each) ->
            path.append(path.length() == 0 ? 'M' : 'L')
                .append(Svg.format("%.1f,%.1f", x(stack, place), y(each.median()))));
    svg.line(
        "<path d=\"%s\" fill=\"none\" stroke-linejoin=\"round\" %s%s/>",
        path, stroke, stack.isFloor() ? " stroke-dasharray=\"5 4\"" : "");
    points.forEach((place, each) -> whisker(x(stack, place), each, stack.colour()));
    points.forEach(
        (place, each) -> {
          String title = stack.label() + ", " + chart.places().get(place).label() + ": ";
          stack
              .mark()
              .draw(svg, x(stack, place), y(each.median()), stack.colour(), title + words(each));
        });
    svg.line("</g>");
  }

  private void whisker(double x, Spread each, String colour) {
    double low = y(each.least());
    double high = y(each.most());
    svg.line(
        "<path class=\"whisker\" d=\"M%.1f,%.1fV%.1fM%.1f,%.1fh5M%.1f,%.1fh5\" fill=\"none\""
            + " stroke=\"%s\"/>",
        x, low, high, x - 2.5, low, x - 2.5, high, colour);
  }

  private String words(Spread each) {
    Unit unit = chart.unit();
    return Svg.format(
        "%s (%s to %s)", unit.of(each.median()), unit.of(each.least()), unit.of(each.most()));
  }

  /**
   * Draws the legend: each label as near as possible to the end of its line, and a thin line to it.
   */
  private void labels() {
    double[] ends = new double[stacks.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = y(last(stacks.get(i)).getValue().median());
    }
    double[] heights = Labels.apart(ends, LABEL_HEIGHT, TOP, BOTTOM);
    for (int i = 0; i < ends.length; i++) {
      Stack stack = stacks.get(i);
      Map.Entry<Integer, Spread> last = last(stack);
      double from = x(stack, last.getKey()) + 7;
      double y = heights[i];
      svg.line(
          "<path d=\"M%.1f,%.1fL%d,%.1fH%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"0.8\""
              + " stroke-opacity=\"0.55\"/>",
          from, ends[i], LABELS - 14, y, LABELS - 6, stack.colour());
      stack.mark().draw(svg, LABELS + 2, y, stack.colour(), stack.label());
      svg.line(
          "<text class=\"label\" x=\"%d\" y=\"%.1f\" font-size=\"13\" fill=\"%s\"%s>%s"
              + "<tspan dx=\"7\" font-size=\"12\" font-weight=\"400\" fill=\"%s\">%s</tspan>"
              + "</text>",
          LABELS + 13,
          y + 4.5,
          Svg.INK,
          stack.isShipped() ? " font-weight=\"700\"" : "",
          Svg.escaped(stack.label()),
          Svg.PALE_INK,
          chart.unit().of(last.getValue().median()) + where(last.getKey()));
    }
  }

  /** Labels the end of a line that does not reach the last place. */
  private String where(int place) {
    boolean ends = place == chart.places().size() - 1;
    return ends ? "" : " at " + Svg.escaped(chart.places().get(place).label());
  }

  private Map.Entry<Integer, Spread> last(Stack stack) {
    SortedMap<Integer, Spread> points = chart.series().get(stack);
    return Map.entry(points.lastKey(), points.get(points.lastKey()));
  }

  /** Returns where a server's points are: side by side, so that whiskers do not overlap. */
  private double x(Stack stack, int place) {
    double aside = stacks.indexOf(stack) - (stacks.size() - 1) / 2.0;
    return x(chart.places().get(place)) + DODGE * aside;
  }

  private double x(Place place) {
    double first = chart.places().get(0).at();
    double last = chart.places().get(chart.places().size() - 1).at();
    return LEFT + INSET + (RIGHT - LEFT - 2 * INSET) * (place.at() - first) / (last - first);
  }

  private double y(double value) {
    return BOTTOM - (BOTTOM - TOP) * scale.at(value);
  }
}
