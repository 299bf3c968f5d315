package parley.mina;

import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * Decodes and encodes, instead of MINA's ProtocolCodecFilter, in the chain of an acceptor or a
 * connector that runs on Parley's event loops. Answers that one read causes leave with one write.
 *
 * <pre>{@code
 * acceptor.getFilterChain().addLast("codec", CodecFilter.of(new TextLineCodecFactory()));
 * }</pre>
 */
public final class CodecFilter {

  private CodecFilter() {}

  /** Returns the filter of a service; it has one codec for each session. */
  public static IoFilter of(ProtocolCodecFactory codec) {
    return new parley.internal.chain.FramingFilter(codec);
  }
}
