package bench.fault;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A trial of one fault on one server. It starts the server, lets a neighbour ask, and injects the
 * fault. Then it checks three things: the fault's rule, the neighbour, and the resources that the
 * server holds afterwards.
 */
final class Trial {

  private static final int LOOKS = 40;
  private static final int BETWEEN_LOOKS_MILLIS = 500;

  private final Fault fault;
  private String broken = "";
  private String neighbour = "-";
  private String left = "-";

  private Trial(Fault fault) {
    this.fault = fault;
  }

  static Trial of(Fault fault, String server, Path home) throws Exception {
    Trial trial = new Trial(fault);
    try (Subject subject = new Subject(server, home, fault.needs())) {
      if (fault.needs().noNeighbour()) {
        trial.inject(subject);
      } else {
        trial.injectBeside(subject);
      }
    }
    return trial;
  }

  private void inject(Subject subject) throws Exception {
    try {
      fault.injection().into(subject);
    } catch (BrokenException | IOException e) {
      broken(e);
    }
  }

  private void broken(Exception e) {
    broken += (broken.isEmpty() ? "" : "; ") + e.getMessage();
  }

  private void injectBeside(Subject subject) throws Exception {
    try (Neighbour beside = new Neighbour(subject)) {
      Subject.Holding before = subject.holding();
      inject(subject);
      if (!subject.isAlive()) {
        broken(new BrokenException(subject.end()));
        return;
      }
      try {
        beside.check();
      } catch (BrokenException e) {
        broken(e);
      }
      neighbour = beside.toString();
      lookAtTheRest(subject, before);
    }
  }

  private void lookAtTheRest(Subject subject, Subject.Holding before) throws InterruptedException {
    try {
      Subject.Holding after = settled(subject, before);
      left = before + " -> " + after;
      if (!after.isBackAt(before)) {
        broken(new BrokenException("left over: " + left + " " + after.newThreads(before)));
      }
    } catch (IOException e) {
      broken(e);
    }
  }

  /**
   * Returns the resources that the server holds once it is back at its earlier level, or after a
   * while.
   */
  static Subject.Holding settled(Subject subject, Subject.Holding before)
      throws IOException, InterruptedException {
    Subject.Holding now = subject.holding();
    for (int i = 0; i < LOOKS && !now.isBackAt(before); i++) {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
      now = subject.holding();
    }
    return now;
  }

  boolean isHeld() {
    return broken.isEmpty();
  }

  /** Returns how the rule was broken, or nothing. */
  String how() {
    return broken;
  }

  String neighbour() {
    return neighbour;
  }

  String left() {
    return left;
  }
}
