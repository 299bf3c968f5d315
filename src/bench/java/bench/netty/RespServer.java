package bench.netty;

import bench.shared.Ports;
import bench.shared.RespCommands;
import bench.shared.RespReply;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.InlineCommandRedisMessage;
import io.netty.handler.codec.redis.IntegerRedisMessage;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisCodecException;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.codec.redis.RedisMessage;
import io.netty.handler.codec.redis.SimpleStringRedisMessage;
import java.net.InetSocketAddress;
import java.util.List;

/** The Redis protocol on Netty, with its codec-redis. */
public final class RespServer extends SimpleChannelInboundHandler<RedisMessage> {

  private final RespCommands commands;

  private RespServer(RespCommands commands) {
    this.commands = commands;
  }

  public static void main(String[] args) throws InterruptedException {
    RespCommands commands = new RespCommands();
    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new RedisDecoder(true))
                        .addLast(new RedisBulkStringAggregator())
                        .addLast(new RedisArrayAggregator(1 << 20, 1))
                        .addLast(new RedisEncoder())
                        .addLast(new RespServer(commands));
                  }
                })
            .bind("127.0.0.1", Ports.of(args))
            .sync()
            .channel();
    Ports.listening(((InetSocketAddress) server.localAddress()).getPort());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, RedisMessage message) {
    List<byte[]> command = command(message);
    if (command.isEmpty() || !ctx.channel().isActive()) {
      return;
    }
    ChannelFuture answered = ctx.write(message(commands.execute(command)));
    if (RespCommands.isQuit(command)) {
      answered.addListener(ChannelFutureListener.CLOSE);
      ctx.flush();
    }
  }

  private static List<byte[]> command(RedisMessage message) {
    if (message instanceof InlineCommandRedisMessage inline) {
      return RespCommands.words(inline.content());
    }
    if (message instanceof ArrayRedisMessage array) {
      return array.children().stream().map(RespServer::bulk).toList();
    }
    throw new RedisCodecException("expected an array");
  }

  private static byte[] bulk(RedisMessage message) {
    if (message instanceof FullBulkStringRedisMessage bulk && !bulk.isNull()) {
      return ByteBufUtil.getBytes(bulk.content());
    }
    throw new RedisCodecException("expected a bulk string");
  }

  private static RedisMessage message(RespReply reply) {
    if (reply instanceof RespReply.BulkString bulk) {
      return new FullBulkStringRedisMessage(Unpooled.wrappedBuffer(bulk.bytes()));
    }
    if (reply instanceof RespReply.Array array) {
      return new ArrayRedisMessage(array.elements().stream().map(RespServer::message).toList());
    }
    if (reply instanceof RespReply.SimpleString string) {
      return new SimpleStringRedisMessage(string.text());
    }
    if (reply instanceof RespReply.SimpleError error) {
      return new ErrorRedisMessage(error.message());
    }
    return reply instanceof RespReply.Int64 number
        ? new IntegerRedisMessage(number.value())
        : FullBulkStringRedisMessage.NULL_INSTANCE;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.writeAndFlush(new ErrorRedisMessage("ERR Protocol error: " + cause.getMessage()))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
