package parley.internal.proxy;

/** No header, or a bad one; the message names the rule and holds nothing of what was sent. */
final class HeaderException extends Exception {

  private static final long serialVersionUID = 1L;

  HeaderException(String rule) {
    super(rule);
  }
}
