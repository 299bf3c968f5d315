package parley.proving;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The client's end of a connection: a plain socket, and a thread that reads all bytes. */
final class Wire implements Closeable {

  /** How the server ended the connection. */
  enum End {
    /** Not yet. */
    NOT,
    /** With an end of stream. */
    EOF,
    /** With a reset. */
    RESET
  }

  private final Socket socket;
  private final int most;
  private final StringBuilder got = new StringBuilder();
  private End end = End.NOT;

  /**
   * Connects.
   *
   * @param most the number of bytes after which it stops reading
   */
  Wire(SocketAddress server, int most, Executor threads) {
    this.most = most;
    try {
      socket = new Socket();
      socket.setTcpNoDelay(true);
      if (most < Integer.MAX_VALUE) {
        socket.setReceiveBufferSize(
            most); // small, so that unread output of the server soon exceeds a limit
      }
      socket.connect(server, 10_000);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to the server under test", e);
    }
    threads.execute(this::readAll);
  }

  private void readAll() {
    byte[] buffer = new byte[8192];
    try {
      var in = socket.getInputStream();
      int count = in.read(buffer);
      while (count >= 0 && add(Raw.of(buffer).substring(0, count)) < most) {
        count = in.read(buffer);
      }
      if (count < 0) {
        setEnd(End.EOF);
      }
    } catch (IOException e) {
      setEnd(End.RESET);
    }
  }

  private synchronized int add(String more) {
    got.append(more);
    notifyAll();
    return got.length();
  }

  private synchronized void setEnd(End how) {
    end = how;
    notifyAll();
  }

  SocketAddress address() {
    return socket.getLocalSocketAddress();
  }

  /** Sends bytes. Bytes that cannot be sent any more are dropped; the reader detects the end. */
  void send(String raw) {
    try {
      socket.getOutputStream().write(Raw.bytes(raw));
    } catch (IOException gone) {
      // the reader detects how it ended
    }
  }

  void halfClose() {
    try {
      socket.shutdownOutput();
    } catch (IOException gone) {
      // the reader detects how it ended
    }
  }

  synchronized String got() {
    return got.toString();
  }

  synchronized End end() {
    return end;
  }

  /**
   * Waits until enough bytes have come or the server has ended; returns false if neither happens in
   * time.
   */
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
