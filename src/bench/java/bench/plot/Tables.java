package bench.plot;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints the results of runs as Markdown: the ratios next to their targets, and the figures behind
 * them.
 */
public final class Tables {

  private Tables() {}

  /** Takes results files. Each is a run of its own: no ratio spans two runs. */
  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      System.err.println("usage: bench.plot.Tables RESULTS ...");
      System.exit(64);
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String file : args) {
      out.print(markdown(Results.read(Path.of(file))));
    }
  }

  private static String markdown(Results results) {
    StringBuilder text = new StringBuilder();
    results.facts().forEach(fact -> text.append("- ").append(fact).append('\n'));
    text.append(results.facts().isEmpty() ? "" : "\n");
    List<Table> tables = new ArrayList<>();
    tables.add(Ratios.rates(results));
    tables.add(Ratios.others(results));
    tables.addAll(Measured.tables(results));
    tables.forEach(table -> text.append(table.markdown()));
    return text.toString();
  }
}
