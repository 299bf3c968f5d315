package parley.proxy;

/** No header, or a bad one; the message names the rule and holds nothing of what was sent. */
final class HeaderException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String rule;

  HeaderException(String rule) {
    super("PROXY protocol: " + rule);
    this.rule = rule;
  }

  String rule() {
    return rule;
  }
}
