package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The log context with Logback as the SLF4J backend, with and without Log4j. */
class OtherBackendTest {

  private static final String LOGBACK =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%X{association:-none} %X{listener:-none} %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private static final String LOG4J =
      """
      <Configuration>
        <Appenders><Console name="out">
          <PatternLayout pattern="%X{association} %X{listener} %m%n"/>
        </Console></Appenders>
        <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
      </Configuration>
      """;

  @TempDir private Path folder;

  private List<String> run(Predicate<String> onPath, String... arguments) throws Exception {
    Stream<String> path =
        Stream.concat(
            Stream.of(Programs.HOME.resolve("target/other-backend/*").toString()),
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> onPath.test(Path.of(each).getFileName().toString())));
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dlogback.configurationFile="
                    + Files.writeString(folder.resolve("logback.xml"), LOGBACK),
                "-Dlog4j2.configurationFile="
                    + Files.writeString(folder.resolve("log4j2.xml"), LOG4J),
                "-cp",
                String.join(File.pathSeparator, path.toList()),
                LoggingServer.class.getName()));
    command.addAll(List.of(arguments));
    Result result = Programs.run(Map.of(), "", folder, command);
    assertThat(result.code()).as("%s", result).isZero();
    return result.out().lines().toList();
  }

  private static Predicate<String> without(String... jars) {
    return jar -> Stream.of(jars).noneMatch(jar::startsWith);
  }

  private static void hasContext(List<String> lines) {
    List<String> sessions = lines.stream().filter(each -> each.startsWith("{")).toList();
    List<String> associations =
        sessions.stream().filter(each -> each.endsWith("}")).distinct().toList();
    assertThat(associations).hasSize(2).anyMatch(each -> each.contains("192.0.2.1:9"));
    assertThat(sessions)
        .containsAll(associations.stream().map(each -> each + " test inside").toList());
    assertThat(lines).contains("none none outside").doesNotContain("none none inside");
  }

  @Test
  void withoutLog4j() throws Exception {
    hasContext(run(without("log4j-")));
  }

  @Test
  void withUnusedLog4j() throws Exception {
    hasContext(run(without("log4j-slf4j2-impl")));
  }

  /** Log4j then requests the values, and Logback reads them from the MDC. */
  @Test
  void withLog4jThatALibraryUses() throws Exception {
    List<String> lines = run(without("log4j-slf4j2-impl"), "by Log4j");
    hasContext(lines);
    String session = lines.stream().filter(each -> each.startsWith("{")).findFirst().orElseThrow();
    assertThat(lines).contains(session + " test by Log4j", "  by Log4j");
  }
}
