package parley.proving;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The client's end of a connection: a plain socket, and a thread that reads all that comes. */
final class Wire implements Closeable {

  /** Of more than so much the rest is dropped. */
  private static final int MOST = 64 << 20;

  /** How the server has ended it. */
  enum End {
    /** Not yet. */
    NOT,
    /** As it should. */
    EOF,
    /** Reset. */
    RESET
  }

  private final Socket socket;
  private final StringBuilder got = new StringBuilder();
  private End end = End.NOT;

  Wire(SocketAddress server, Executor threads) {
    try {
      socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(server, 10_000);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to the server under proof", e);
    }
    threads.execute(this::readAll);
  }

  private void readAll() {
    byte[] buffer = new byte[8192];
    try {
      var in = socket.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        add(Raw.of(buffer).substring(0, count));
      }
      setEnd(End.EOF);
    } catch (IOException e) {
      setEnd(End.RESET);
    }
  }

  private synchronized void add(String more) {
    if (got.length() < MOST) {
      got.append(more);
    }
    notifyAll();
  }

  private synchronized void setEnd(End how) {
    end = how;
    notifyAll();
  }

  SocketAddress address() {
    return socket.getLocalSocketAddress();
  }

  /** Sends; what cannot be sent any more is dropped, as the end tells. */
  void send(String raw) {
    try {
      socket.getOutputStream().write(Raw.bytes(raw));
    } catch (IOException gone) {
      // the reader finds out how it ended
    }
  }

  void halfClose() {
    try {
      socket.shutdownOutput();
    } catch (IOException gone) {
      // the reader finds out how it ended
    }
  }

  synchronized String got() {
    return got.toString();
  }

  synchronized End end() {
    return end;
  }

  /** Waits until what has come is enough or the server has ended; false if neither in time. */
  synchronized boolean await(Predicate<String> enough, long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (end == End.NOT && !enough.test(got.toString())) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return true;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // so it is closed
    }
  }
}
