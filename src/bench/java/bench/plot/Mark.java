package bench.plot;

/** The shape of a point: a path around 0,0, at most 10 pixels wide. */
enum Mark {
  DISC("M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z", true),
  RING("M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z", false),
  UP("M0,-5L4.6,3.5H-4.6z", true),
  DOWN("M0,5L4.6,-3.5H-4.6z", true),
  DIAMOND("M0,-5L4.6,0L0,5L-4.6,0z", true),
  SQUARE("M-3.6,-3.6H3.6V3.6H-3.6z", true),
  PLUS("M-1.4,-4.6H1.4V-1.4H4.6V1.4H1.4V4.6H-1.4V1.4H-4.6V-1.4H-1.4z", true),
  CROSS("M-3.6,-3.6L3.6,3.6M-3.6,3.6L3.6,-3.6", false),
  BAR("M-5,-1.6H5V1.6H-5z", true);

  private final String path;
  private final boolean filled;

  Mark(String path, boolean filled) {
    this.path = path;
    this.filled = filled;
  }

  /** Draws it around a position; the title appears under the pointer. */
  void draw(Svg svg, double x, double y, String colour, String title) {
    svg.line(
        "<path class=\"mark\" transform=\"translate(%.1f,%.1f)\" d=\"%s\" fill=\"%s\""
            + " stroke=\"%s\" stroke-width=\"%s\"><title>%s</title></path>",
        x,
        y,
        path,
        filled ? colour : "#ffffff",
        filled ? "#ffffff" : colour,
        filled ? "0.8" : "2",
        Svg.escaped(title));
  }
}
