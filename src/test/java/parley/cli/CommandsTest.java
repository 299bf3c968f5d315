package parley.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.commons.cli.Options;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message about an invalid option has the form of all others. */
class CommandsTest {

  @ParameterizedTest
  @CsvSource({
    "--bogus, --bogus: unknown option (expected: an option of --help)",
    "--help=3, --help=3: unknown option (expected: an option of --help)",
    "-x, -x: unknown option (expected: an option of --help)",
    "--set, --set: no value (expected: --set VALUE)"
  })
  void namesWhatIsAllowed(String argument, String message) {
    Options options = new Options().addOption("h", "help", false, "");
    options.addOption(null, "set", true, "");
    assertThatThrownBy(() -> Commands.parsed(options, argument))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }
}
