package bench.run;

import bench.shared.Spread;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The GC log that a server's JVM writes to a file. */
final class GcLog {

  /** The end of a pause; its start and its phases are on other lines. */
  private static final Pattern PAUSE = Pattern.compile(" Pause .* ([0-9.]+)ms$");

  private final Path file;
  private long begin;

  /**
   * Creates the file's folder.
   *
   * @throws IOException if it cannot be created
   */
  GcLog(Path file) throws IOException {
    this.file = file.toAbsolutePath();
    Files.createDirectories(this.file.getParent());
  }

  /** Returns the JVM's option; the JVM replaces the file of an earlier run. */
  String option() {
    return "-Xlog:gc*:file=\"" + file + "\":time,uptime,level,tags:filecount=0";
  }

  void begin() throws IOException {
    begin = Files.size(file);
  }

  /**
   * Returns the figures of the pauses since {@link #begin}, by metric: their number, the median and
   * the longest in microseconds, and their share of the time.
   *
   * @param nanos the time since then
   */
  Map<String, Double> figures(long nanos) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(begin);
      return figures(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines(), nanos);
    }
  }

  static Map<String, Double> figures(Stream<String> lines, long nanos) {
    List<Double> pauses =
        lines
            .map(PAUSE::matcher)
            .filter(Matcher::find)
            .map(pause -> Double.parseDouble(pause.group(1)) * 1000)
            .toList();
    Spread spread = pauses.isEmpty() ? new Spread(0, 0, 0) : Spread.of(pauses);
    double sum = pauses.stream().mapToDouble(Double::doubleValue).sum();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("gc-pauses", (double) pauses.size());
    figures.put("gc-p50-us", spread.median());
    figures.put("gc-max-us", spread.most());
    figures.put("gc-percent", sum * 1000 * 100 / nanos);
    return figures;
  }
}
