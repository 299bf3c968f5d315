package bench.netty;

import bench.shared.Figures;
import bench.shared.Ports;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
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
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.util.ResourceLeakDetector;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The greeting on Netty, one flush a read. The system property {@code epoll} takes its own epoll.
 */
@Sharable
public final class GreetingServer extends SimpleChannelInboundHandler<String> {

  private static final StringDecoder DECODER = new StringDecoder(StandardCharsets.UTF_8);
  private static final StringEncoder ENCODER = new StringEncoder(StandardCharsets.UTF_8);

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
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(new Chain(new GreetingServer()))
            .bind("127.0.0.1", Ports.of(args))
            .sync()
            .channel();
    Ports.listening(((InetSocketAddress) server.localAddress()).getPort());
    Figures.answer();
  }

  private static final class Chain extends ChannelInitializer<SocketChannel> {

    private final GreetingServer greeting;

    Chain(GreetingServer greeting) {
      this.greeting = greeting;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel.pipeline().addLast(new LineBasedFrameDecoder(8192), DECODER, ENCODER, greeting);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush("Hello, World!\n", ctx.voidPromise());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, String name) {
    ctx.write("Hello, " + name + "!\n", ctx.voidPromise());
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
