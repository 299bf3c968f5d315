package bench.netty;

import bench.shared.Ports;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;

/** Echo (RFC 862) on Netty. */
@Sharable
public final class EchoServer extends ChannelInboundHandlerAdapter {

  public static void main(String[] args) throws InterruptedException {
    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
            .channel(NioServerSocketChannel.class)
            .childHandler(new EchoServer())
            .bind("127.0.0.1", Ports.of(args))
            .sync()
            .channel();
    Ports.listening(((InetSocketAddress) server.localAddress()).getPort());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    ctx.write(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
