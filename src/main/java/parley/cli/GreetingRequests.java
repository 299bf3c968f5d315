package parley.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import parley.client.AnswerTimeoutException;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ClientException;
import parley.client.ConnectionLostException;
import parley.tls.TlsException;

/** Sends names to a greeting server, prints the answers in order, and returns an exit code. */
final class GreetingRequests {

  /** The maximum number of characters in pending names. */
  private static final int MAX_BYTES = 1 << 20;

  /** Marks the end of the queue of answers. */
  private static final CompletableFuture<String> END = new CompletableFuture<>();

  private final Client<String, String> client;
  private final ClientConfig<String, String> config;
  private final PrintStream err;
  private final UnsolicitedLines unsolicited;
  private final PrintStream out =
      new PrintStream(
          new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
          false,
          StandardCharsets.UTF_8);

  GreetingRequests(
      Client<String, String> client,
      ClientConfig<String, String> config,
      PrintStream err,
      UnsolicitedLines unsolicited) {
    this.client = client;
    this.config = config;
    this.err = err;
    this.unsolicited = unsolicited;
  }

  /** Prints the line that the server sends first. */
  int banner() {
    CompletableFuture<String> first = unsolicited.banner();
    var unused = client.lost().thenAccept(first::completeExceptionally);
    return print(first.orTimeout(config.answerTimeout().toMillis(), TimeUnit.MILLISECONDS), true);
  }

  /** Sends one name and prints its answer. */
  int ask(String name) {
    return print(client.ask(name), true);
  }

  /** A pending request, with the permits that it holds until its answer is printed. */
  private record Asked(CompletableFuture<String> answer, int bytes) {}

  /**
   * Sends all names, many at a time, and stops at the first one without an answer. Limits on the
   * number and the size of pending requests bound the memory for input of any length.
   */
  int askAll(Names names) {
    BlockingQueue<Asked> asked = new ArrayBlockingQueue<>(config.maxInFlight() + 1);
    Semaphore places = new Semaphore(config.maxInFlight());
    Semaphore bytes = new Semaphore(MAX_BYTES);
    Thread asking = new Thread(() -> ask(names, places, bytes, asked), "parley-names");
    asking.setDaemon(true);
    asking.start();
    try {
      while (true) {
        Asked next = asked.take();
        if (next.answer == END) {
          return flush(Exit.OK);
        }
        int code = print(next.answer, asked.isEmpty());
        places.release();
        bytes.release(next.bytes);
        if (code != Exit.OK) {
          return flush(code);
        }
      }
    } catch (InterruptedException e) {
      return flush(Exit.LOST);
    }
  }

  private void ask(Names names, Semaphore places, Semaphore bytes, BlockingQueue<Asked> asked) {
    try {
      CompletableFuture<String> last = END;
      try {
        for (String name = names.next(); name != null; name = names.next()) {
          int size = Math.min(MAX_BYTES, name.length());
          bytes.acquire(size);
          places.acquire();
          asked.put(new Asked(client.ask(name), size));
        }
      } catch (IOException | RuntimeException | Error failed) {
        last = CompletableFuture.failedFuture(failed);
      }
      asked.put(new Asked(last, 0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int print(CompletableFuture<String> answer, boolean flush) {
    try {
      // Earlier answers need not wait for this one, and the reader of the output may be gone.
      if (!answer.isDone() && flush(Exit.OK) != Exit.OK) {
        return Exit.OUTPUT;
      }
      String line = answer.get();
      if (UnsolicitedLines.isRefusal(line)) {
        out.flush();
        err.println(line);
        return Exit.REFUSED;
      }
      out.println(line);
      return flush ? flush(Exit.OK) : Exit.OK;
    } catch (ExecutionException e) {
      out.flush();
      return report(e.getCause());
    } catch (InterruptedException e) {
      return Exit.LOST;
    }
  }

  private int flush(int code) {
    if (code == Exit.OUTPUT) {
      return code; // already reported
    }
    out.flush();
    int written = Commands.checked(out, err);
    return written == Exit.OK ? code : written;
  }

  private int report(@Nullable Throwable given) {
    // the request was not sent, because the connection was already lost
    Throwable failure =
        given instanceof ClientException && given.getCause() instanceof ConnectionLostException lost
            ? lost
            : given;
    if (failure instanceof TimeoutException) {
      err.println("no banner within " + config.answerTimeout().toMillis() + " ms");
      return Exit.NO_ANSWER;
    }
    String refusal = unsolicited.refusal();
    if (failure instanceof ConnectionLostException && !refusal.isEmpty()) {
      err.println(refusal); // the server's reason, sent before the request
      return Exit.REFUSED;
    }
    err.println(failure == null ? "no answer" : failure.getMessage());
    if (failure instanceof AnswerTimeoutException) {
      return Exit.NO_ANSWER;
    }
    if (failure instanceof ConnectionLostException) {
      return failure.getCause() instanceof TlsException ? Exit.TLS : Exit.LOST;
    }
    return failure instanceof IOException && !(failure instanceof ClientException)
        ? Exit.USAGE
        : Exit.DEFECT;
  }
}
