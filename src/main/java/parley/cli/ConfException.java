package parley.cli;

import java.util.List;

/** All that is wrong with a conf: a line each with its place, key, value and what is allowed. */
final class ConfException extends Exception {

  private static final long serialVersionUID = 1;

  ConfException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
