package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import parley.testing.Programs;

/** The code that users read and copy: README, the pages, the examples and the scaffold. */
class ListingsTest {

  private static final Pattern LISTING = Pattern.compile("(?s)```java\n(.*?)```");

  /** A cast to a class, an array or a type with arguments; casts to primitives are allowed. */
  private static final Pattern CAST =
      Pattern.compile("\\((?:[A-Z]\\w*(?:<[^()]*>)?|\\w+\\[])\\) ?[\\w\"(]");

  private static final Pattern WITNESS = Pattern.compile("\\w\\.<[\\w\\[\\]<>?, ]+>\\w+\\(");

  private static List<String> listings() throws IOException {
    List<String> all = new ArrayList<>();
    for (String folder : List.of("docs", "src/examples", "src/scaffold")) {
      try (Stream<Path> files = Files.walk(Programs.HOME.resolve(folder))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          all.add(Files.readString(file));
        }
      }
      try (Stream<Path> files = Files.walk(Programs.HOME.resolve(folder))) {
        for (Path page : files.filter(each -> each.toString().endsWith(".md")).toList()) {
          all.addAll(inPage(page));
        }
      }
    }
    all.addAll(inPage(Programs.HOME.resolve("README.md")));
    return all;
  }

  private static List<String> inPage(Path page) throws IOException {
    return LISTING.matcher(Files.readString(page)).results().map(each -> each.group(1)).toList();
  }

  private static List<String> found(Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (String listing : listings()) {
      listing
          .lines()
          .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/"))
          .filter(line -> pattern.matcher(line).find())
          .forEach(found::add);
    }
    return found;
  }

  @Test
  void thePatternsFindCastsAndTypeWitnesses() {
    assertThat("byte[] value = (byte[]) client.ask(list).join();").containsPattern(CAST);
    assertThat("Message answer = (Message) answers.get(0);").containsPattern(CAST);
    assertThat("List<A> all = (List<A>) some;").containsPattern(CAST);
    assertThat("out.put((byte) 'R');").doesNotContainPattern(CAST);
    assertThat("if (value) return;").doesNotContainPattern(CAST);
    assertThat("AnswerHandler.<String>of(line -> line)").containsPattern(WITNESS);
    assertThat("Protocol.<byte[], byte[]>answering(\"x\")").containsPattern(WITNESS);
    assertThat("List<String> a = List.of(b);").doesNotContainPattern(WITNESS);
  }

  @Test
  void noListingHasACast() throws IOException {
    assertThat(listings()).hasSizeGreaterThan(30);
    assertThat(found(CAST)).isEmpty();
  }

  @Test
  void noListingHasATypeWitness() throws IOException {
    assertThat(found(WITNESS)).isEmpty();
  }
}
