package parley.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import parley.server.RecordingHandler.Kind;
import parley.testing.Peer;

/**
 * A peer that sends numbered requests, and reads on a thread of its own while the test allows it.
 */
final class GatedPeer {

  /** A request that was sent completely. */
  record Sent(Kind kind, int number) {}

  private final Peer peer;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream(); // the reader's
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private final List<Sent> sent = new ArrayList<>(); // the sender's thread
  private boolean isInRequest;
  private boolean sendsNoMore;
  private boolean isOpen; // under the lock

  GatedPeer(Peer peer) {
    this.peer = peer;
    new Thread(this::read, "reader").start();
  }

  private void read() {
    byte[] some = new byte[4096];
    try {
      awaitOpen();
      for (int count = peer.read(some); count >= 0; count = peer.read(some)) {
        received.write(some, 0, count);
        awaitOpen();
      }
      end.complete(true);
    } catch (IOException reset) {
      end.complete(false);
    } catch (InterruptedException e) {
      end.completeExceptionally(e);
    }
  }

  private synchronized void awaitOpen() throws InterruptedException {
    while (!isOpen) {
      wait();
    }
  }

  /** Reads everything from now on, or stops after the read that is about to happen. */
  synchronized void setReading(boolean isReading) {
    isOpen = isReading;
    notifyAll();
  }

  private void send(byte[] bytes) {
    if (sendsNoMore) {
      return;
    }
    try {
      peer.send(bytes);
    } catch (IOException gone) {
      sendsNoMore = true; // the server has closed
    }
  }

  private void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a whole request, after the end of one that was only begun. */
  void request(Kind kind) {
    if (sendsNoMore) {
      return;
    }
    if (isInRequest) {
      endRequest();
      send("\n");
    }
    Sent next = new Sent(kind, sent.size());
    sent.add(next);
    send(next.kind + " " + next.number + "\n");
  }

  /** Sends a request without its LF. */
  void begin() {
    if (!isInRequest && !sendsNoMore) {
      isInRequest = true;
      send(Kind.NOW + " " + sent.size());
    }
  }

  private void endRequest() {
    sent.add(new Sent(Kind.NOW, sent.size()));
    isInRequest = false;
  }

  /** Sends an invalid line of text, and nothing after it. */
  void notALine() {
    send(new byte[] {(byte) 0xff, '\n'});
    sendsNoMore = true;
  }

  /** Ends its stream, which also ends a request that was only begun. */
  void halfClose() {
    if (isInRequest && !sendsNoMore) {
      endRequest();
    }
    sendsNoMore = true;
    try {
      peer.halfClose();
    } catch (IOException gone) {
      // the server has closed
    }
  }

  void reset() {
    sendsNoMore = true;
    try {
      peer.reset();
    } catch (IOException gone) {
      // it is closed anyway
    }
  }

  void close() throws IOException {
    peer.close();
  }

  List<Sent> sent() {
    return sent;
  }

  /** Waits until reading has ended; returns whether that was an end of stream. */
  boolean awaitEnd() {
    return end.join();
  }

  /** Returns the whole lines that it has received until now. */
  List<String> lines() {
    String text = received.toString(StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }
}
