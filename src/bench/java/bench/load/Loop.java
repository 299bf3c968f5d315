package bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A selector and its connections on one thread; opens them, waits for their answers, closes them.
 */
abstract class Loop implements Consumer<SelectionKey>, AutoCloseable {

  /**
   * If an answer is due and a server sends nothing for this time, the server has lost the answer.
   */
  private static final long PATIENCE =
      Integer.getInteger("bench.patience-seconds", 10) * 1_000_000_000L;

  /** At most as many as a server's backlog holds. */
  private static final int OPENING = 64;

  final Names names;
  final List<Connection> connections = new ArrayList<>();
  final ByteBuffer in = ByteBuffer.allocateDirect(Names.AT_ONCE_BYTES);
  final Selector selector;
  private final InetSocketAddress server;
  private long nextCheck;

  Loop(int port, Names names) throws IOException {
    this.names = names.view();
    selector = Selector.open();
    server = new InetSocketAddress("127.0.0.1", port);
  }

  /** Called when answers have arrived and were checked; a turn reads each channel once. */
  abstract void answered(Connection connection) throws IOException;

  /**
   * Opens connections and reads their banners.
   *
   * @param first the number of the first
   * @param batches the requests in flight whose times are kept; 0 for none
   */
  final void open(int first, int count, int batches) throws IOException {
    int opened = 0;
    int greeted = connections.size();
    int all = connections.size() + count;
    while (greeted < all) {
      for (; opened < count && connections.size() - greeted < OPENING; opened++) {
        connections.add(connect(first + opened, batches));
      }
      turn(100);
      while (greeted < connections.size() && connections.get(greeted).greeted()) {
        greeted++;
      }
    }
  }

  final Connection connect(int number, int batches) throws IOException {
    Connection connection =
        new Connection(
            number,
            Wire.of(Sources.connect(server)),
            names,
            number * 37,
            batches == 0 ? null : new Batches(batches));
    boolean connected = connection.channel.finishConnect();
    connection.key =
        connection.channel.register(
            selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, connection);
    if (connected) {
      connection.wire.begin();
    }
    return connection;
  }

  /**
   * Handles the ready channels; waits for them at most that many milliseconds, and does not wait
   * for 0.
   */
  final void turn(long millis) throws IOException {
    if (millis == 0) {
      selector.selectNow(this);
    } else {
      selector.select(this, millis);
    }
    long now = System.nanoTime();
    if (now - nextCheck > 0) {
      nextCheck = now + PATIENCE;
      connections.forEach(this::checkProgress);
    }
  }

  private void checkProgress(Connection connection) {
    if (connection.stalled()) {
      throw connection.missing("nothing for " + PATIENCE / 1_000_000_000L + " s");
    }
  }

  @Override
  public final void accept(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      ready(connection, key);
    } catch (IOException e) {
      throw connection.missing(e.toString());
    }
  }

  private void ready(Connection connection, SelectionKey key) throws IOException {
    if (key.isConnectable()) {
      connection.channel.finishConnect();
      key.interestOps(SelectionKey.OP_READ);
      connection.wire.begin();
      return;
    }
    if (key.isWritable()) {
      connection.wire.flush();
      connection.send();
    }
    if (key.isReadable()) {
      receive(connection);
      while (connection.wire.hasMore() && connection.channel.isOpen()) {
        receive(connection);
      }
    }
  }

  final void receive(Connection connection) throws IOException {
    int length = connection.receive(in);
    if (length < 0) {
      ended(connection);
    } else if (length > 0) {
      answered(connection);
    }
  }

  /** Handles the server's close, which is an error unless it was expected. */
  void ended(Connection connection) throws IOException {
    throw connection.endedEarly();
  }

  /** Waits for all requests in flight. */
  final void drain() throws IOException {
    for (Connection each : connections) {
      while (each.inFlight()) {
        turn(100);
      }
    }
  }

  /** Returns the number of answers on all connections. */
  final long answers() {
    long sum = 0;
    for (Connection each : connections) {
      sum += each.answered();
    }
    return sum;
  }

  @Override
  public void close() throws IOException {
    for (Connection each : connections) {
      each.channel.close();
    }
    selector.close();
  }
}
