package parley.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import parley.cli.ConfFuzz;
import parley.internal.proxy.Headers;
import parley.internal.tls.RecordFuzz;
import parley.proving.DecoderFuzz;

/**
 * All fuzz targets, and the entry point of Jazzer. With Jazzer, the first byte of an input selects
 * the target, among those in the arguments, that gets the rest. Inputs in the seed corpus have no
 * such byte.
 */
public final class Targets {

  private static final Map<String, FuzzTarget> ALL = all();
  private static List<FuzzTarget> chosen = List.of();

  private Targets() {}

  private static Map<String, FuzzTarget> all() {
    Map<String, FuzzTarget> all = new TreeMap<>();
    all.putAll(DecoderFuzz.targets());
    all.putAll(ConfFuzz.targets());
    all.putAll(Headers.targets());
    all.putAll(RecordFuzz.targets());
    return all;
  }

  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  static FuzzTarget named(String name) {
    return ALL.get(name);
  }

  /** Called once by Jazzer. */
  public static void fuzzerInitialize(String[] names) {
    chosen = Arrays.stream(names).map(ALL::get).toList();
  }

  /** Called by Jazzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    if (input.length > 0) {
      FuzzTarget target = chosen.get((input[0] & 0xFF) % chosen.size());
      target.fuzz(Arrays.copyOfRange(input, 1, input.length));
    }
  }
}
