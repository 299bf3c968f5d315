package bench.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/** One channel's codec on Netty, in the pipeline that it needs, without a socket. */
final class NettyCodec {

  private final EmbeddedChannel channel;
  private final ByteBuf read;

  /** Creates a codec, and the bytes of one read, in direct memory as a socket's are. */
  NettyCodec(byte[] bytes, Sink sink, ChannelHandler... codec) {
    read = Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
    channel = new EmbeddedChannel(new Encoded(sink));
    channel.pipeline().addLast(codec).addLast(new Decoded(sink));
  }

  /** Decodes the bytes of the read. */
  void decode() {
    channel.pipeline().fireChannelRead(read.duplicate()).fireChannelReadComplete();
  }

  /** Encodes one message without a future, because MINA's has none either. */
  void encode(Object message) {
    channel.write(message, channel.voidPromise());
  }

  /** Takes the place of the socket. */
  private static final class Encoded extends ChannelOutboundHandlerAdapter {

    private final Sink sink;

    Encoded(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise promise) {
      sink.write(bytes);
      ReferenceCountUtil.release(bytes);
    }
  }

  /** Takes the place of the user's handler. */
  private static final class Decoded extends ChannelInboundHandlerAdapter {

    private final Sink sink;

    Decoded(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      sink.write(frame);
      ReferenceCountUtil.release(frame);
    }
  }
}
