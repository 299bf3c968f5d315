package bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The load generator, in a process of its own that stays warm between measurements. */
final class Load implements AutoCloseable {

  private final Child child;

  Load(Home home, Processors processors, int loops) throws IOException {
    List<String> command = new ArrayList<>(processors.load(loops));
    command.addAll(home.java(false));
    command.add("bench.load.Load");
    child = new Child("load", home.results(), command);
  }

  /** An action for the time when the connections of a work are open. */
  interface Opened {
    void run() throws IOException;
  }

  /** Runs one command; returns the measurements by name. */
  Map<String, Double> run(String command, Opened opened) throws IOException {
    child.say(command);
    Map<String, Double> measured = new LinkedHashMap<>();
    for (String line = child.line(); !line.equals("done"); line = child.line()) {
      if (line.equals("opened")) {
        opened.run();
      } else {
        String[] words = line.split(" ");
        measured.put(words[0], Double.parseDouble(words[1]));
      }
    }
    return measured;
  }

  /** Opens idle connections, and holds them until {@link #release}. */
  void hold(String command) throws IOException {
    child.say(command);
    expect("ready");
  }

  void release() throws IOException {
    child.say("");
    expect("done");
  }

  private void expect(String word) throws IOException {
    String line = child.line();
    if (!line.equals(word)) {
      throw new IOException("load: " + line + " (expected: " + word + ")");
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
