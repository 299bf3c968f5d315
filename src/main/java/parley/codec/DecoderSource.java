package parley.codec;

import org.apache.mina.filter.codec.ProtocolDecoder;
import org.jspecify.annotations.Nullable;

/** A codec whose decoders a filter may keep itself, one for each session. */
public interface DecoderSource {

  /** Returns a decoder for a new session, or null if only the codec can tell which it is. */
  @Nullable ProtocolDecoder newDecoder();
}
