package parley.it.answers;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import parley.codec.FrameException;
import parley.protocol.Answer;

/**
 * One line of a script. It determines its handler's actions, and so the answer that its client must
 * get.
 */
@NullMarked
record MixAsk(int client, int number, How how, What what, int padding) {

  /** When the answer is available. */
  enum How {
    /** The handler returns it, or throws. */
    AT_ONCE,
    /** The handler returns a completed future. */
    COMPLETED,
    /** Another thread completes the future. */
    LATER,
    /** The handler completes the future when it gets the next line. */
    BY_NEXT,
    /** The event loop completes the future between two turns. */
    ON_LOOP
  }

  /** The kind of answer. */
  enum What {
    VALUE,
    NONE,
    SEVERAL,
    SEVERAL_OF_NONE,
    LAST,
    LAST_NONE,
    LAST_SEVERAL,
    END,
    /** An exception of the handler, thrown or in the future. */
    FAILS,
    /** The same with an Error. */
    ERROR,
    /** The same with a FrameException that has a refusal. */
    REFUSED,
    /** The same with a FrameException without a refusal. */
    REFUSED_SILENTLY,
    /** The encoder throws. */
    UNENCODABLE,
    FUTURE_OF_FUTURE,
    /** A future that does not complete before its answer timeout. */
    NEVER,
    NEVER_SILENT,
    NEVER_SEVERAL,
    /** The handler's {@code timedOut} throws. */
    NEVER_THROWS,
    /** The handler returns only after its answer timeout; not on the event loop. */
    BLOCKS,
    /** The decoder refuses the line. */
    TOO_LONG
  }

  private static final Set<What> GO_ON =
      EnumSet.of(What.VALUE, What.NONE, What.SEVERAL, What.SEVERAL_OF_NONE);
  private static final Set<What> DEFECTS =
      EnumSet.of(What.FAILS, What.ERROR, What.UNENCODABLE, What.FUTURE_OF_FUTURE);
  private static final Set<What> NEVER = EnumSet.range(What.NEVER, What.BLOCKS);
  private static final int TOO_LONG_CHARS = 1 << 16;

  MixAsk {
    if (NEVER.contains(what)) {
      how = How.LATER;
    } else if (what == What.TOO_LONG) {
      how = How.AT_ONCE;
    } else if (what == What.FUTURE_OF_FUTURE && how == How.AT_ONCE) {
      how = How.COMPLETED;
    }
  }

  static MixAsk of(String line) {
    String[] parts = line.split(" ", 5);
    return new MixAsk(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        How.valueOf(parts[2]),
        What.valueOf(parts[3]),
        parts[4].length());
  }

  String line() {
    int length = what == What.TOO_LONG ? TOO_LONG_CHARS : padding;
    return String.join(" ", name(), how.name(), what.name(), "x".repeat(length));
  }

  private String name() {
    return client + " " + number;
  }

  private List<String> parts() {
    return IntStream.range(0, 3)
        .mapToObj(part -> name() + " part " + part + " " + "y".repeat(padding))
        .toList();
  }

  /** Returns the answer, or the exception that it fails with. */
  Answer<String> answer() throws Exception {
    return switch (what) {
      case VALUE -> Answer.of(line());
      case SEVERAL -> Answer.several(parts());
      case SEVERAL_OF_NONE -> Answer.several(List.of());
      case LAST -> Answer.last(line());
      case LAST_NONE -> // an answer that was decided later may not come later again
          how == How.AT_ONCE
              ? Answer.lastLater(CompletableFuture.completedFuture(null))
              : Answer.end();
      case LAST_SEVERAL -> Answer.lastOf(parts());
      case END -> Answer.end();
      case FAILS -> throw new IllegalStateException("a failure of " + name());
      case ERROR -> throw new AssertionError("an error of " + name());
      case REFUSED -> throw new FrameException("refused " + name());
      case REFUSED_SILENTLY -> throw new FrameException("silently " + name());
      case UNENCODABLE -> Answer.of(line() + "\n" + line());
      case FUTURE_OF_FUTURE -> Answer.later(CompletableFuture.completedFuture(line()));
      default -> Answer.none();
    };
  }

  /** Returns the handler's answer to a refused frame. */
  static Answer<String> refusal(FrameException cause) {
    String message = cause.getMessage();
    if (message.startsWith("refused ")) {
      return Answer.of("ERR" + message.substring("refused".length()));
    }
    return message.startsWith("silently ") ? Answer.none() : Answer.of("ERR too long");
  }

  /** Returns the handler's answer after an answer timeout. */
  Answer<String> timedOut() {
    return switch (what) {
      case NEVER, BLOCKS -> Answer.of(words().get(0));
      case NEVER_SEVERAL -> Answer.several(words());
      case NEVER_THROWS -> throw new IllegalStateException("a failure of timedOut of " + name());
      default -> Answer.none();
    };
  }

  /** Returns the line that the client must get instead of its answer. */
  List<String> words() {
    return switch (what) {
      case VALUE, LAST -> List.of(line());
      case SEVERAL, LAST_SEVERAL -> parts();
      case REFUSED -> List.of("ERR " + name());
      case TOO_LONG -> List.of("ERR too long");
      case NEVER, BLOCKS -> List.of("LATE " + name());
      case NEVER_SEVERAL -> List.of("LATE " + name(), "LATE again " + name());
      default -> List.of();
    };
  }

  /** Returns whether the session ends instead of sending its answer. */
  boolean ends() {
    return !GO_ON.contains(what);
  }

  boolean isNever() {
    return NEVER.contains(what);
  }

  /** Returns whether the answer is available when the handler returns. */
  boolean isAtOnce() {
    return how == How.AT_ONCE || how == How.COMPLETED;
  }

  /** Returns whether the handler certainly gets no line after it. */
  boolean stopsInput() {
    return ends() && how == How.AT_ONCE && what != What.UNENCODABLE;
  }

  /** Returns whether its end does not wait for pending earlier answers. */
  boolean cuts(boolean inOrder) {
    boolean isThrown = how == How.AT_ONCE && what != What.UNENCODABLE;
    return what == What.NEVER_THROWS || (DEFECTS.contains(what) && (isThrown || !inOrder));
  }
}
