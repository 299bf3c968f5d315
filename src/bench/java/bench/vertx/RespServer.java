package bench.vertx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.Ports;
import bench.shared.RespCommands;
import bench.shared.RespReply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.List;

/** The Redis protocol on Vert.x; each connection has its own instance. */
public final class RespServer {

  private static final int MAX_BYTES = 1 << 20;

  private final RespCommands commands;
  private final NetSocket socket;
  private final RecordParser parser;
  private List<byte[]> args = new ArrayList<>();
  private int missing;
  private boolean inBulk;

  private RespServer(RespCommands commands, NetSocket socket) {
    this.commands = commands;
    this.socket = socket;
    parser = RecordParser.newDelimited("\r\n", socket).maxRecordSize(MAX_BYTES + 2);
    parser.exceptionHandler(tooLong -> refuse("too big request")).handler(this::token);
  }

  public static void main(String[] args) {
    RespCommands commands = new RespCommands();
    Vertx.vertx()
        .createNetServer()
        .connectHandler(socket -> new RespServer(commands, socket))
        .listen(Ports.of(args), "127.0.0.1")
        .onSuccess(server -> Ports.listening(server.actualPort()))
        .await();
  }

  private void refuse(String reason) {
    parser.handler(null);
    socket.end(encode(new RespReply.SimpleError("ERR Protocol error: " + reason)));
  }

  private void token(Buffer token) {
    try {
      if (inBulk) {
        bulk(token);
      } else {
        line(token.toString(ISO_8859_1));
      }
    } catch (IllegalArgumentException e) {
      refuse("malformed command");
    }
  }

  private void line(String line) {
    if (missing > 0) {
      inBulk = true;
      parser.fixedSizeMode(length(line, '$') + 2);
    } else if (line.startsWith("*")) {
      missing = length(line, '*');
    } else {
      execute(RespCommands.words(line));
    }
  }

  private static int length(String line, char type) {
    int length = line.indexOf(type) == 0 ? Integer.parseInt(line.substring(1)) : -1;
    if (length < 0 || length > MAX_BYTES) {
      throw new IllegalArgumentException("expected " + type + " and a length");
    }
    return length;
  }

  private void bulk(Buffer token) {
    args.add(token.getBytes(0, token.length() - 2));
    inBulk = false;
    parser.delimitedMode("\r\n");
    if (--missing == 0) {
      execute(args);
      args = new ArrayList<>();
    }
  }

  private void execute(List<byte[]> command) {
    if (command.isEmpty()) {
      return;
    }
    Buffer answer = encode(commands.execute(command));
    if (RespCommands.isQuit(command)) {
      parser.handler(null);
      socket.end(answer);
    } else {
      socket.write(answer);
    }
  }

  private static Buffer encode(RespReply reply) {
    Buffer out = Buffer.buffer();
    append(out, reply);
    return out;
  }

  private static void append(Buffer out, RespReply reply) {
    if (reply instanceof RespReply.BulkString bulk) {
      out.appendString("$" + bulk.bytes().length + "\r\n");
      out.appendBytes(bulk.bytes()).appendString("\r\n");
    } else if (reply instanceof RespReply.Array array) {
      out.appendString("*" + array.elements().size() + "\r\n");
      array.elements().forEach(each -> append(out, each));
    } else if (reply instanceof RespReply.SimpleString string) {
      out.appendString("+" + string.text() + "\r\n");
    } else if (reply instanceof RespReply.SimpleError error) {
      out.appendString("-" + error.message() + "\r\n");
    } else {
      String line = reply instanceof RespReply.Int64 number ? ":" + number.value() : "$-1";
      out.appendString(line + "\r\n");
    }
  }
}
