package bench.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A client with one connection on Netty; answers are matched by the id of the query. */
public final class DnsClient implements AutoCloseable {

  private final Map<Short, CompletableFuture<byte[]>> inFlight = new ConcurrentHashMap<>();
  private final Channel channel;

  public DnsClient(String host, int port) throws InterruptedException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChannelFuture connecting =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new LengthFieldBasedFrameDecoder(65537, 0, 2, 0, 2))
                        .addLast(new LengthFieldPrepender(2))
                        .addLast(new Answers());
                  }
                })
            .connect(host, port);
    channel = connecting.channel();
    channel.closeFuture().addListener(closed -> group.shutdownGracefully());
    connecting.sync();
  }

  /** Returns the answer to a query; fails if its id is already in flight or the connection ends. */
  public CompletableFuture<byte[]> ask(byte[] query) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    short id = ByteBuffer.wrap(query).getShort();
    if (inFlight.putIfAbsent(id, answer) != null) {
      return CompletableFuture.failedFuture(new IllegalStateException("id in flight: " + id));
    }
    answer.whenComplete((done, failure) -> inFlight.remove(id, answer));
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(query))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
              }
            });
    return answer;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }

  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      CompletableFuture<byte[]> asked = inFlight.get(message.getShort(0));
      if (asked != null) {
        asked.complete(ByteBufUtil.getBytes(message));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      IOException cause = new IOException("connection ended");
      inFlight.values().forEach(asked -> asked.completeExceptionally(cause));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
