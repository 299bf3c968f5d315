package bench.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.nio.charset.StandardCharsets;

/** The greeting with Netty's own codecs for Strings, one flush per read. */
final class StringGreeting extends SimpleChannelInboundHandler<String> {

  static final StringDecoder DECODER = new StringDecoder(StandardCharsets.UTF_8);
  static final StringEncoder ENCODER = new StringEncoder(StandardCharsets.UTF_8);

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
