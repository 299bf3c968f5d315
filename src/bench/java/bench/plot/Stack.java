package bench.plot;

import java.util.List;

/**
 * A server of the bench and its appearance. Parley stands out. Colour-blind readers can distinguish
 * the hues too (after Okabe and Ito, peers paler), and each has its own mark.
 *
 * @param name as in results files
 */
record Stack(String name, String label, String colour, Mark mark) implements Comparable<Stack> {

  private static final List<Stack> KNOWN =
      List.of(
          new Stack("parley", "Parley", "#c2410c", Mark.DISC),
          new Stack("parley-handler", "Parley, any handler", "#c2410c", Mark.RING),
          new Stack("netty-nio", "Netty, nio", "#4a86b8", Mark.UP),
          new Stack("netty-epoll", "Netty, epoll", "#85b6dc", Mark.DOWN),
          new Stack("netty-strings", "Netty, nio, String codecs", "#b5cfe6", Mark.SQUARE),
          new Stack("vertx", "Vert.x", "#3f9c80", Mark.DIAMOND),
          new Stack("virtual-threads", "virtual threads", "#b57fa3", Mark.PLUS),
          new Stack("mina", "stock MINA", "#b89b3c", Mark.SQUARE),
          new Stack("nio-floor", "floor, java.nio", "#9a9a9a", Mark.CROSS),
          new Stack("c-floor", "floor, C", "#6b6b6b", Mark.BAR));

  /** Returns a server by its name; an unknown server is shown by its name. */
  static Stack of(String name) {
    return KNOWN.stream()
        .filter(stack -> stack.name.equals(name))
        .findFirst()
        .orElse(new Stack(name, name, "#9a9a9a", Mark.SQUARE));
  }

  /** Returns whether it is Parley, in either form. */
  boolean isParley() {
    return name.startsWith("parley");
  }

  /** Returns whether it is Parley's greeting as shipped. */
  boolean isShipped() {
    return name.equals("parley");
  }

  /** Returns whether it is a bare loop that others are compared with. */
  boolean isFloor() {
    return name.endsWith("-floor");
  }

  private int place() {
    int known = KNOWN.indexOf(this);
    return known < 0 ? KNOWN.size() : known;
  }

  @Override
  public int compareTo(Stack other) {
    int byPlace = Integer.compare(place(), other.place());
    return byPlace != 0 ? byPlace : name.compareTo(other.name);
  }
}
