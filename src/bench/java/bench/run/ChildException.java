package bench.run;

import java.io.IOException;

/** Thrown when a server, or the load, ended unexpectedly. */
@SuppressWarnings("serial")
final class ChildException extends IOException {

  final String name;
  final int code;
  final String output;

  ChildException(String name, int code, String output) {
    super(name + " ended with exit code " + code + ": " + output);
    this.name = name;
    this.code = code;
    this.output = output;
  }
}
