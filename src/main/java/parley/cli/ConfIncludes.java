package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.parser.ConfigDocumentFactory;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that one conf file includes; their paths start at its folder. Each must exist,
 * except those in {@code file("NAME")}. An unreadable include is an error at its own line.
 */
final class ConfIncludes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

  /** The maximum number of include levels below the conf. */
  private static final int MOST = 10;

  private static final List<String> SUFFIXES = List.of(".conf", ".json", ".properties");
  private static final Pattern SUFFIX = Pattern.compile(".*\\.(conf|json|properties)");
  private static final Pattern URL_LIKE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final Pattern WORD = Pattern.compile("include(?=[\\s\\h\"#\uFEFF]|//)");

  /** The chain of including files, the current one last; empty if the text is not in a file. */
  private final List<Path> way;

  /** All files, in reading order. */
  private final List<String> files;

  private int count;

  private ConfIncludes(List<Path> way, List<String> files) {
    this.way = way;
    this.files = files;
  }

  /** Returns options for a text that is not in a file and cannot include anything. */
  static ConfigParseOptions refused() {
    return ConfigParseOptions.defaults().setIncluder(new ConfIncludes(List.of(), List.of()));
  }

  /**
   * Parses a file and those that it includes, without resolving substitutions.
   *
   * @param files receives the names of all of them, in reading order
   */
  static Config parse(Path file, List<String> files) {
    return parse(file, List.of(), files);
  }

  private static Config parse(Path file, List<Path> before, List<String> files) {
    List<Path> way = Stream.concat(before.stream(), Stream.of(file)).toList();
    files.add(file.toString());
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setAllowMissing(false)
            .setIncluder(new ConfIncludes(way, files));
    try {
      return ConfigFactory.parseFile(file.toFile(), options);
    } catch (StackOverflowError e) {
      throw new ConfigException.Parse(
          ConfigOriginFactory.newFile(file.toString()), ConfParsing.TOO_DEEP, e);
    }
  }

  /** Ignores the library's own includer, which accepts includes that this one refuses. */
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String name) {
    count++;
    return read("include \"" + name + "\"", name, false);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File file) {
    count++;
    boolean isOptional = context.parseOptions().getAllowMissing();
    String named = "file(\"" + file + "\")";
    String statement = "include " + (isOptional ? named : "required(" + named + ")");
    return read(statement, file.toString(), isOptional);
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
    count++;
    throw elsewhere("include url(\"" + url + "\")");
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String name) {
    count++;
    throw elsewhere("include classpath(\"" + name + "\")");
  }

  private ConfigException elsewhere(String statement) {
    return refused(
        statement + ": not a file (expected: include \"FILE\" or include file(\"FILE\"))");
  }

  private ConfigObject read(String statement, String name, boolean isOptional) {
    if (URL_LIKE.matcher(name).matches()) {
      throw elsewhere(statement);
    }
    if (way.isEmpty()) {
      throw refused(
          statement + ": only a conf file can include files (expected: the values themselves)");
    }
    List<Path> tried = candidates(statement, name);
    List<Path> found = tried.stream().filter(ConfIncludes::mayExist).toList();
    if (found.isEmpty() && !isOptional) {
      String all = tried.stream().map(Path::toString).collect(Collectors.joining(", "));
      throw refused(
          statement
              + ": no such file: "
              + all
              + " (expected: a file, or include file(\"...\") for one that may be missing)");
    }
    ConfigObject all = ConfigFactory.empty().root();
    for (Path each : found) {
      check(statement, each);
      all = all.withFallback(parse(each, way, files).root());
    }
    return all;
  }

  /** Returns the files that a name stands for. As always in HOCON, the suffix is optional. */
  private List<Path> candidates(String statement, String name) {
    try {
      Path named = last(way).resolveSibling(name);
      return mayExist(named) || SUFFIX.matcher(name).matches()
          ? List.of(named)
          : SUFFIXES.stream().map(suffix -> last(way).resolveSibling(name + suffix)).toList();
    } catch (InvalidPathException e) {
      throw refused(statement + ": not a path (expected: a file)");
    }
  }

  /** Returns false if a file is known to be missing. In an unreadable folder it may exist. */
  private static boolean mayExist(Path file) {
    return !Files.notExists(file) && !Files.isDirectory(file);
  }

  private void check(String statement, Path file) {
    if (!Files.isReadable(file)) {
      throw refused(statement + ": cannot read " + file + " (expected: a file with read access)");
    }
    String names =
        Stream.concat(way.stream(), Stream.of(file))
            .map(Path::toString)
            .collect(Collectors.joining(" -> "));
    if (way.stream().anyMatch(each -> isSame(each, file))) {
      throw refused(statement + ": include cycle: " + names);
    }
    if (way.size() > MOST) {
      throw refused(statement + ": nested too deeply: " + names + " (expected: at most 10 levels)");
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // one is gone
    }
  }

  private static Path last(List<Path> way) {
    return way.get(way.size() - 1);
  }

  private ConfigException refused(String problem) {
    if (way.isEmpty()) {
      return new ConfigException.Generic(problem);
    }
    ConfigOrigin file = ConfigOriginFactory.newFile(last(way).toString());
    return new ConfigException.IO(file.withLineNumber(line()), problem);
  }

  /**
   * Returns the line of the last include that was read, or -1. The parser does not report the line
   * of an include, so this counts the includes in the text: at an include, an extra word makes the
   * parser report an error.
   */
  private int line() {
    String text = text();
    int left = count;
    Matcher word = WORD.matcher(text == null ? "" : text);
    while (text != null && word.find()) {
      left -= isInclude(text, word.end()) ? 1 : 0;
      if (left == 0) {
        return (int) text.substring(0, word.start()).chars().filter(c -> c == '\n').count() + 1;
      }
    }
    return -1;
  }

  private static boolean isInclude(String text, int end) {
    try {
      ConfigDocumentFactory.parseString(text.substring(0, end) + " 0 " + text.substring(end));
      return false;
    } catch (ConfigException.Parse spoilt) {
      return true;
    }
  }

  /** Reads the including file again; a pipe cannot be read twice. */
  private @Nullable String text() {
    try {
      Path file = last(way);
      return Files.isRegularFile(file)
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          : null;
    } catch (IOException e) {
      return null;
    }
  }
}
