package bench.fault;

import bench.fault.Counters.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A server under soak, with a plug-in that counts, and its quiet neighbour. */
final class SoakedServer implements AutoCloseable {

  private static final int LOOKS = 100;
  private static final int LAST_LINES = 20;
  private static final int BETWEEN_LOOKS_MILLIS = 100;

  private final String name;
  private final CountingHome home;
  private final Subject subject;
  private final Neighbour neighbour;
  private final Subject.Holding before;

  /**
   * Starts a server.
   *
   * @param name the name in the output
   * @param settings of its conf
   */
  SoakedServer(String name, Path clone, List<String> settings) throws Exception {
    this.name = name;
    home = new CountingHome(clone);
    try {
      subject = new Subject("parley", home.folder(), Needs.settings(settings));
    } catch (IOException e) {
      home.close();
      throw e;
    }
    neighbour = new Neighbour(subject);
    before = subject.holding();
  }

  Subject subject() {
    return subject;
  }

  /** Prints the server's counts and reports its faults; the clients have ended. */
  void check(List<SteadyClient> clients, Consumer<String> broken) throws Exception {
    long asked = 0;
    long answered = 0;
    long pushed = 0;
    for (SteadyClient each : clients) {
      asked += each.asked();
      answered += each.answered();
      pushed += each.pushed();
      if (each.broken() != null) {
        broken.accept(name + ": client: " + each.broken());
      }
    }
    long handled = counted(Count.ANSWERED);
    System.out.printf(
        "%s: requests=%d answered by the server=%d answers=%d lost or swapped=%d pushed=%d%n",
        name, asked, handled, answered, asked - answered, pushed);
    if (asked != answered) {
      broken.accept(name + ": requests without their answer: " + (asked - answered));
    }
    if (handled != answered) {
      broken.accept(name + ": answered, but not at the clients: " + (handled - answered));
    }
    try {
      neighbour.check();
    } catch (BrokenException e) {
      broken.accept(name + ": " + e.getMessage());
    }
    System.out.println(name + ": neighbour, median/p99 before -> during: " + neighbour);
    if (subject.isAlive()) {
      checkTheRest(broken);
    } else {
      broken.accept(name + ": " + subject.end());
    }
  }

  /** Returns the resources that the server holds, and the work that has begun and not ended. */
  private void checkTheRest(Consumer<String> broken) throws Exception {
    Subject.Holding after = Trial.settled(subject, before);
    System.out.println(name + ": held: " + before + " -> " + after);
    if (!after.isBackAt(before)) {
      broken.accept(name + ": left over; new threads: " + after.newThreads(before));
    }
    for (int i = 0; i < LOOKS && !isAllEnded(); i++) {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    }
    System.out.printf(
        "%s: sessions=%d ended=%d and the neighbour's; push futures=%d completed=%d; log: %d bytes%n",
        name,
        counted(Count.OPENED),
        counted(Count.CLOSED),
        counted(Count.PUSHED),
        counted(Count.COMPLETED),
        subject.logBytes());
    if (!isAllEnded()) {
      broken.accept(name + ": sessions or futures without an end");
    }
  }

  /** Prints details for a failure: the sessions that the server cut, and its last log lines. */
  void printLog() throws IOException {
    List<String> log = subject.log().lines().toList();
    log.stream().filter(line -> line.contains("session closed: ")).forEach(System.out::println);
    log.stream().skip(Math.max(0, log.size() - LAST_LINES)).forEach(System.out::println);
  }

  private boolean isAllEnded() {
    return counted(Count.OPENED) == counted(Count.CLOSED) + 1
        && counted(Count.PUSHED) == counted(Count.COMPLETED);
  }

  private long counted(Count what) {
    return home.counters().get(what);
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() throws IOException {
    neighbour.close();
    subject.close();
    home.close();
  }
}
