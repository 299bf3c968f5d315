package bench.netty;

import bench.shared.Figures;
import bench.shared.Ports;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ResourceLeakDetector;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/**
 * The greeting on Netty, one flush per read. Strings are decoded and encoded here, and the
 * allocator is Netty's default. That measured faster than StringDecoder and StringEncoder, and than
 * the pooled allocator. The system property {@code epoll} selects Netty's own epoll, {@code
 * strings} selects those two codecs.
 */
@Sharable
public final class GreetingServer extends SimpleChannelInboundHandler<ByteBuf> {

  public static void main(String[] args) throws InterruptedException {
    boolean epoll = Boolean.getBoolean("epoll");
    if (epoll && !Epoll.isAvailable()) {
      System.err.println("epoll: " + Epoll.unavailabilityCause());
      System.exit(3);
    }
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> channel =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(Ports.loops(args), io))
            .channel(channel)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Chain(new GreetingServer()))
            .bind("127.0.0.1", Ports.of(args))
            .sync()
            .channel();
    Ports.listening(((InetSocketAddress) server.localAddress()).getPort());
    Figures.answer();
  }

  private static final class Chain extends ChannelInitializer<SocketChannel> {

    private final GreetingServer greeting;
    private final SslContext tls = tls(System.getProperty("tls"));

    Chain(GreetingServer greeting) {
      this.greeting = greeting;
    }

    private static SslContext tls(String certs) {
      try {
        return certs == null
            ? null
            : SslContextBuilder.forServer(
                    new File(certs, "server.pem"), new File(certs, "server.key"))
                .sslProvider(SslProvider.JDK)
                .build();
      } catch (SSLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      if (tls != null) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
      }
      channel.pipeline().addLast(new LineBasedFrameDecoder(8192));
      if (Boolean.getBoolean("strings")) {
        channel.pipeline().addLast(StringGreeting.DECODER, StringGreeting.ENCODER);
        channel.pipeline().addLast(new StringGreeting());
      } else {
        channel.pipeline().addLast(greeting);
      }
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(encoded(ctx, "Hello, World!\n"), ctx.voidPromise());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf line) {
    String name = line.toString(StandardCharsets.UTF_8);
    ctx.write(encoded(ctx, "Hello, " + name + "!\n"), ctx.voidPromise());
  }

  private static ByteBuf encoded(ChannelHandlerContext ctx, String answer) {
    return ByteBufUtil.writeUtf8(ctx.alloc(), answer);
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
