package bench.run;

import java.io.IOException;

/** Thrown when a server, or the load, ended unexpectedly. */
@SuppressWarnings("serial")
final class ChildException extends IOException {

  final String name;
  final int code;
  final String said;

  ChildException(String name, int code, String said) {
    super(name + " ended with exit code " + code + ": " + said);
    this.name = name;
    this.code = code;
    this.said = said;
  }
}
