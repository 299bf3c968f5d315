package bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** The facts that are needed to read the figures: versions, machine, command. */
final class Facts {

  private Facts() {}

  static List<String> of(Home home, Processors processors, String[] args) throws IOException {
    List<String> facts = new ArrayList<>();
    facts.add("command bin/bench.sh " + String.join(" ", args));
    facts.add("date " + ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ISO_INSTANT));
    facts.add("machine " + machine());
    facts.add("processors " + processors);
    facts.add("jdk " + Runtime.version() + " " + System.getProperty("java.vm.vendor"));
    facts.add("java-options " + String.join(" ", home.options()));
    facts.addAll(home.versions());
    return facts;
  }

  private static String machine() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    String model =
        !Files.isReadable(file)
            ? System.getProperty("os.arch")
            : Files.readAllLines(file).stream()
                .filter(each -> each.startsWith("model name"))
                .map(each -> each.replaceFirst(".*:\\s*", ""))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    return model
        + (", " + Runtime.getRuntime().availableProcessors() + " processors, ")
        + (System.getProperty("os.name") + " " + System.getProperty("os.version"));
  }
}
