package bench.plot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Draws the results of a run as SVG files: throughput over depth and connections, latency. */
public final class Plots {

  private Plots() {}

  /**
   * Takes the results file and a folder, which is created, and prints the names of the files it
   * writes there.
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: bench.plot.Plots RESULTS OUTDIR");
      System.exit(64);
    }
    Path folder = Files.createDirectories(Path.of(args[1]));
    for (Chart chart : new Charts(Results.read(Path.of(args[0]))).all()) {
      Path file = folder.resolve(chart.name() + ".svg");
      Files.writeString(file, Drawing.of(chart));
      System.out.println(file);
    }
  }
}
