package parley.it.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Installation.FREE;
import static parley.testing.Installation.withJava;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.testing.Await;
import parley.testing.Folders;
import parley.testing.Installation;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/**
 * The process that a run folder's files name, and the other users and installations that may start
 * or stop one there.
 */
class RunFolderIT {

  private static final String START = "start-server.sh";
  private static final String STOP = "stop-server.sh";

  @TempDir private static Path unpacked;
  private static List<Installation> installations;

  @TempDir private Path temp;
  private final List<ProcessHandle> started = new ArrayList<>();

  @BeforeAll
  static void unpack() throws Exception {
    installations = Installation.all(unpacked);
  }

  @AfterEach
  void endAll() throws IOException {
    started.removeIf(RunFolderIT::hasEnded);
    started.forEach(ProcessHandle::destroyForcibly);
    started.forEach(each -> each.onExit().join());
    installations.get(0).deleteArchive();
  }

  private Result run(Installation installation, String folder, String script, List<String> options)
      throws Exception {
    Map<String, String> environment = Map.of("PARLEY_RUN", folder);
    return Programs.run(environment, "", temp, installation.command(script, options));
  }

  /** A daemon, in a run folder that has a name relative to the working folder. */
  private ProcessHandle start(Installation installation, String folder) throws Exception {
    List<String> options = new ArrayList<>(FREE);
    options.add("--daemon");
    Result ran = run(installation, folder, START, options);
    assertThat(ran.code()).as(ran.err()).isZero();
    return daemon(ran);
  }

  private ProcessHandle daemon(Result ran) {
    assertThat(ran.out()).matches("listening tcp://\\S+ greeting\npid \\d+, log \\S+\n");
    String pid = ran.out().split("\npid |, log ")[1];
    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    started.add(server);
    return server;
  }

  private Result stop(Installation installation, String folder) throws Exception {
    return run(installation, folder, STOP, List.of());
  }

  private void stops(Installation installation, String folder, ProcessHandle server)
      throws Exception {
    assertThat(stop(installation, folder))
        .isEqualTo(new Result(0, "stopped: pid " + server.pid() + "\n", ""));
    assertThat(hasEnded(server)).isTrue();
    assertThat(Installation.in(temp.resolve(folder))).doesNotContain("server.pid");
  }

  /** Its parent may not have collected its exit code yet. */
  private static boolean hasEnded(ProcessHandle process) {
    return !process.isAlive() || process.info().commandLine().isEmpty();
  }

  private void copy(String from, String to) throws IOException {
    Path target = Files.createDirectories(temp.resolve(to));
    for (String each : Installation.in(temp.resolve(from))) {
      Files.copy(temp.resolve(from).resolve(each), target.resolve(each));
    }
  }

  private void delete(String folder) throws IOException {
    Folders.delete(temp.resolve(folder));
  }

  @Test
  void aCopyOfItsFilesStopsNoServer() throws Exception {
    for (Installation each : installations) {
      ProcessHandle server = start(each, "ra");
      Path pidAlone = Files.createDirectory(temp.resolve("rb"));
      Files.copy(temp.resolve("ra/server.pid"), pidAlone.resolve("server.pid"));
      copy("ra", "rc");
      for (String folder : List.of("rb", "rc", "nothing")) {
        Result stopped = stop(each, folder);
        assertThat(stopped.code()).as("%s %s", each, stopped).isEqualTo(3);
        assertThat(stopped.err()).startsWith("parley is not running (" + folder + "/server.lock");
        assertThat(server.isAlive()).isTrue();
      }
      ProcessHandle second = start(each, "rc"); // replaces the copied files
      stops(each, "rc", second);
      assertThat(server.isAlive()).isTrue();
      stops(each, temp + "/rb/../ra", server);
      for (String folder : List.of("ra", "rb", "rc")) {
        delete(folder);
      }
    }
  }

  @Test
  void anotherInstallationNeitherStopsItNorStartsBesideIt() throws Exception {
    Installation clone = installations.get(0);
    Installation other = installations.get(1);
    ProcessHandle server = start(clone, "r");
    Result stopped = stop(other, "r");
    assertThat(stopped.code()).isEqualTo(3);
    assertThat(stopped.err()).contains("names a server from " + clone.home());
    List<String> options = new ArrayList<>(FREE);
    options.add("--daemon");
    Result second = run(other, "r", START, options);
    assertThat(second.code()).isEqualTo(3);
    assertThat(second.err()).contains("parley is already running: pid=" + server.pid() + " ");
    stops(clone, "r", server);
  }

  /** A stale file whose pid now belongs to another process. */
  @Test
  void aPidThatAnotherProcessHasIsNotStopped() throws Exception {
    for (Installation each : installations) {
      ProcessHandle server = start(each, "r");
      server.destroyForcibly();
      server.onExit().join();
      assertThat(Installation.in(temp.resolve("r"))).contains("server.pid");
      assertThat(stop(each, "r").code()).isEqualTo(3);

      // The process looks like a server, but is not the one of this folder.
      Process other =
          new ProcessBuilder("sh", "-c", "sleep 1000; : parley.cli.StartServer").start();
      started.add(other.toHandle());
      for (String name : List.of("server.pid", "server.lock")) {
        Path file = temp.resolve("r").resolve(name);
        if (Files.exists(file)) {
          String text = Files.readString(file);
          Files.writeString(file, text.replace(server.pid() + "\n", other.pid() + "\n"));
        }
      }
      assertThat(stop(each, "r").code()).isEqualTo(3);
      assertThat(other.isAlive()).isTrue();
      other.descendants().forEach(ProcessHandle::destroy);
      other.destroy();

      ProcessHandle next = start(each, "r");
      assertThat(Files.readString(temp.resolve("r/server.pid"))).isEqualTo(next.pid() + "\n");
      stops(each, "r", next);
      delete("r");
    }
  }

  @Test
  void anotherUsersStopLeavesTheServersFiles() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Programs.need("setpriv");
    for (Path each : List.of(temp, unpacked, unpacked.resolve("un packed"))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (Installation each : installations) {
      ProcessHandle server = start(each, "r");
      Path folder = temp.resolve("r");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      List<String> before = Installation.in(folder);
      List<String> other =
          new ArrayList<>(
              List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
      other.addAll(each.command(STOP));
      Result stopped = Programs.run(Map.of("PARLEY_RUN", "r"), "", temp, other);
      assertThat(stopped)
          .as("%s", each)
          .isEqualTo(
              new Result(
                  77,
                  "",
                  "cannot stop parley, pid " + server.pid() + ": it belongs to another user\n"));
      assertThat(server.isAlive()).isTrue();
      assertThat(Installation.in(folder)).isEqualTo(before).contains("server.pid");
      stops(each, "r", server);
      delete("r");
    }
  }

  /** Another user runs the script: the message names the unusable path, and nothing is started. */
  @Test
  void unusablePathsAreNamed() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Programs.need("setpriv");
    for (Path each : List.of(temp, unpacked, unpacked.resolve("un packed"))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Path folder = temp.toRealPath().resolve("r");
    for (Installation each : installations) {
      for (String file : List.of("server.log", "server.lock", "server.pid")) {
        boolean isRead = !file.equals("server.pid");
        for (String permissions :
            List.of("rw-------", "r--r--r--", isRead ? "-w--w--w-" : "r--r--r--")) {
          folder("rwxrwxrwx");
          Files.setPosixFilePermissions(
              Files.createFile(folder.resolve(file)), PosixFilePermissions.fromString(permissions));
          isNotPermitted(each, START, folder.resolve(file), file + " " + permissions);
          delete("r");
        }
      }
      folder("rwxrwxrwx");
      Files.createDirectory(folder.resolve("server.log"));
      isNotPermitted(each, START, folder.resolve("server.log"), "a folder");
      delete("r");
      for (String permissions : List.of("rwxr-xr-x", "rwx------", "rw-rw-rw-", "rwx-w--w-")) {
        folder(permissions);
        isNotPermitted(each, START, temp.relativize(temp.resolve("r")), permissions);
        delete("r");
      }
      folder("rwx------");
      Files.createFile(folder.resolve("server.lock"));
      isNotPermitted(each, STOP, Path.of("r"), "stop");
      delete("r");
      isNotPermitted(each, START, Path.of("r"), "in a folder that is another user's");
    }
  }

  /** Java checks by itself: the folder may change after the script's check. */
  @Test
  void aServerNamesTheFileThatItCannotUse() throws Exception {
    Path folder = temp.resolve("gone");
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    List<String> command =
        List.of(
            java + "",
            "-Dparley.run=" + folder,
            "-Dparley.home=" + Programs.HOME,
            "-cp",
            System.getProperty("java.class.path"),
            "parley.cli.StartServer");
    Result ran = Programs.run(Map.of(), "", temp, command);
    assertThat(ran.code()).as("%s", ran).isEqualTo(77);
    assertThat(ran.err())
        .contains("cannot use the run folder: java.nio.file.NoSuchFileException: " + folder)
        .contains("server.lock");
  }

  private void folder(String permissions) throws IOException {
    Path folder = Files.createDirectory(temp.resolve("r"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
  }

  private void isNotPermitted(Installation installation, String script, Path named, String as)
      throws Exception {
    List<String> other =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    List<String> options = new ArrayList<>(FREE);
    options.add("--daemon");
    other.addAll(installation.command(script, script.equals(START) ? options : List.of()));
    Result ran = Programs.run(Map.of("PARLEY_RUN", "r"), "", temp, other);
    assertThat(ran.code()).as("%s: %s", as, ran).isEqualTo(77);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).as(as).matches("cannot (read|write|use|make) " + named + "\n");
  }

  /**
   * Any process may end it, such as a monitor: its drain has nothing to cut, and Java exits with 0.
   */
  @Test
  void aServerThatEndsBeforeItListensFailsTheStart() throws Exception {
    for (Installation each : installations) {
      Map<String, String> environment =
          new java.util.HashMap<>(
              withJava(
                  temp.resolve("jdk"),
                  "case \"$*\" in *Rehearsal*) exit 0 ;; esac\n"
                      + "sleep 1000 &\n"
                      + "trap 'kill $!; echo drained; exit 0' TERM\n"
                      + "echo $$ >\"$TEST_PID\"\n"
                      + "wait"));
      environment.put("PARLEY_RUN", "r");
      Path pid = temp.resolve("pid");
      environment.put("TEST_PID", pid.toString());
      Process start =
          Programs.builder(environment, temp, each.command(START, "--daemon"))
              .redirectOutput(temp.resolve("out").toFile())
              .redirectError(temp.resolve("err").toFile())
              .start();
      Await.until(
          "pid",
          start,
          temp.resolve("err"),
          () -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
      Programs.run("kill", "-TERM", Files.readString(pid).strip());
      assertThat(start.waitFor()).as("%s", each).isEqualTo(4);
      assertThat(Files.readString(temp.resolve("out"))).isEmpty();
      assertThat(Files.readString(temp.resolve("err")))
          .isEqualTo(
              "parley ended before it listened; from "
                  + temp.toRealPath().resolve("r/server.log")
                  + ":\ndrained\n");
      Files.delete(pid);
      delete("r");
    }
  }

  /** A command that does not serve still exits with 0. */
  @Test
  void aCheckSucceedsWithDaemonToo() throws Exception {
    for (String option : List.of("--check-config", "--print-chain", "--help", "-h", "-V")) {
      Result ran = run(installations.get(0), "r", START, List.of("--daemon", option));
      assertThat(ran.code()).as("%s %s", option, ran).isZero();
    }
  }

  /** Earlier versions left such a link, which names another process that now has the pid. */
  @Test
  void filesOfAKilledStartBlockNoLaterStart() throws Exception {
    Process other = new ProcessBuilder("sleep", "1000").start();
    started.add(other.toHandle());
    for (Installation each : installations) {
      Path folder = Files.createDirectory(temp.resolve("r"));
      Files.createSymbolicLink(folder.resolve(".starting"), Path.of(other.pid() + ""));
      Files.writeString(folder.resolve("server.lock"), "pid=" + other.pid() + "\n");
      stops(each, "r", start(each, "r"));
      delete("r");
    }
  }

  @Test
  @Tag("smoke")
  void oneOfManySimultaneousStartsServes() throws Exception {
    for (Installation each : installations.subList(1, 3)) {
      List<Process> starts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        List<String> options = new ArrayList<>(FREE);
        options.add("--daemon");
        starts.add(
            Programs.builder(Map.of("PARLEY_RUN", "r"), temp, each.command(START, options))
                .redirectOutput(temp.resolve("out" + i).toFile())
                .redirectError(temp.resolve("err" + i).toFile())
                .start());
      }
      List<Result> ended = new ArrayList<>();
      for (int i = 0; i < starts.size(); i++) {
        ended.add(
            new Result(
                starts.get(i).waitFor(),
                Files.readString(temp.resolve("out" + i)),
                Files.readString(temp.resolve("err" + i))));
      }
      ended.sort(Comparator.comparing(Result::code));
      ProcessHandle server = daemon(ended.get(0));
      assertThat(ended.subList(1, 3))
          .allSatisfy(
              second -> {
                assertThat(second.code()).isEqualTo(3);
                assertThat(second.out()).isEmpty();
                assertThat(second.err())
                    .contains("parley is already running")
                    .contains(server.pid() + "");
              });
      assertThat(Files.readString(temp.resolve("r/server.pid"))).isEqualTo(server.pid() + "\n");
      stops(each, "r", server);
      delete("r");
    }
  }

  /** SIGTERM ends the first server, but not the second one. */
  @Test
  void theWaitForAServerHasABound() throws Exception {
    for (Installation each : installations) {
      for (String first : List.of("", "trap '' TERM; ")) {
        Map<String, String> environment =
            new java.util.HashMap<>(
                withJava(
                    temp.resolve("jdk"),
                    "case \"$*\" in *Rehearsal*) exit 0 ;; esac\n"
                        + first
                        + "echo $$ >\"$TEST_PID\"; echo waiting for a slow disk; exec sleep 1000"));
        environment.put("PARLEY_RUN", "r");
        environment.put("PARLEY_START_TIMEOUT", "1s");
        environment.put("TEST_PID", temp.resolve("pid").toString());
        Result ran = each.run(environment, temp, START, "--daemon");
        assertThat(ran)
            .as("%s", each)
            .isEqualTo(
                new Result(
                    4,
                    "",
                    "parley is not listening after 1 s (PARLEY_START_TIMEOUT); from "
                        + temp.toRealPath().resolve("r/server.log")
                        + ":\nwaiting for a slow disk\n"));
        String pid = Files.readString(temp.resolve("pid")).strip();
        ProcessHandle.of(Long.parseLong(pid))
            .ifPresent(server -> assertThat(hasEnded(server)).isTrue());
        delete("r");
      }
    }
  }

  @Test
  void aBadBoundIsRefused() throws Exception {
    for (String bad : List.of("", "60", "0s", "1d", "s", "-1s", "1.5s", "12345s", "1s2m")) {
      Map<String, String> environment =
          Map.of("PARLEY_RUN", "r", "PARLEY_START_TIMEOUT", bad.isEmpty() ? " " : bad);
      Result ran = installations.get(1).run(environment, temp, START, "--daemon");
      assertThat(ran.code()).as(bad).isEqualTo(78);
      assertThat(ran.err()).startsWith("PARLEY_START_TIMEOUT: ").contains("(expected: ");
    }
    assertThat(Installation.in(temp.resolve("r"))).doesNotContain("server.lock");
  }

  /** The scripts may take the lock with either program; the process that holds it is killed. */
  @Test
  void aBuildsLockIsReleasedByTheKernel() throws Exception {
    Path alone = Files.createDirectory(temp.resolve("alone"));
    Programs.need("perl");
    Programs.need("flock");
    for (String tool : List.of("perl", "mkdir", "dirname")) {
      String found = Programs.run("sh", "-c", "command -v " + tool).out().strip();
      Files.createSymbolicLink(alone.resolve(tool), Path.of(found));
    }
    String path = System.getenv("PATH");
    for (Installation each : installations) {
      for (String tools : List.of(path, alone.toString())) {
        Process holder = locking(each, tools);
        assertThat(holder.inputReader().readLine()).isEqualTo("locked");
        Process next = locking(each, tools);
        assertThat(next.errorReader().readLine())
            .startsWith("waiting for another build (" + temp.resolve("target/.build-lock"));
        holder.destroyForcibly();
        assertThat(next.inputReader().readLine()).as("%s %s", each, tools).isEqualTo("locked");
        next.destroy();
        next.onExit().join();
      }
    }
  }

  private Process locking(Installation installation, String path) throws IOException {
    String script =
        "self=$1; . \"$1\"; PATH=$3; lock \"$2/target/.build-lock\"; echo locked; read -r end";
    String parley = installation.home().resolve("bin/parley.sh").toString();
    Process process =
        new ProcessBuilder(
                installation.shell(), "-euc", script, "test", parley, temp.toString(), path)
            .start();
    started.add(process.toHandle());
    return process;
  }

  /** The script prints the served endpoint, whether the server is a daemon or not. */
  @Test
  void theListenersAreReportedWhateverTheLogContains() throws Exception {
    for (Installation each : installations) {
      Path folder = Files.createDirectory(temp.resolve("r"));
      Files.writeString(folder.resolve("server.log"), "listening tcp://127.0.0.1:1 greeting\n");
      List<String> options = new ArrayList<>(FREE);
      options.add("--daemon");
      Result ran = run(each, "r", START, options);
      ProcessHandle server = daemon(ran);
      Endpoint endpoint = Endpoint.parse(ran.out().split(" ")[1]);
      try (Peer peer = Peer.connect(endpoint)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
      }
      stops(each, "r", server);
      delete("r");
    }
  }
}
