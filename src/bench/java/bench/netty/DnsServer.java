package bench.netty;

import bench.shared.DnsAnswers;
import bench.shared.Ports;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.InetSocketAddress;

/** DNS over TCP (RFC 7766) on Netty: each answer is sent as soon as it is ready. */
public final class DnsServer extends SimpleChannelInboundHandler<ByteBuf> {

  public static void main(String[] args) throws InterruptedException {
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
                        .addLast(new FlushConsolidationHandler())
                        .addLast(new LengthFieldBasedFrameDecoder(65537, 0, 2, 0, 2))
                        .addLast(new LengthFieldPrepender(2))
                        .addLast(new DnsServer());
                  }
                })
            .bind("127.0.0.1", Ports.of(args))
            .sync()
            .channel();
    Ports.listening(((InetSocketAddress) server.localAddress()).getPort());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf query) {
    DnsAnswers.answer(ByteBufUtil.getBytes(query))
        .thenAccept(answer -> ctx.writeAndFlush(Unpooled.wrappedBuffer(answer)))
        .exceptionally(
            failure -> {
              ctx.close();
              return null;
            });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
