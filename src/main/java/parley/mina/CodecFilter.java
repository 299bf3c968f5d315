package parley.mina;

import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * The codec filter for the chain of an acceptor or a connector that runs on Parley's event loops,
 * instead of MINA's ProtocolCodecFilter. All answers that one read causes are sent with one write.
 *
 * <pre>{@code
 * acceptor.getFilterChain().addLast("codec", CodecFilter.of(new TextLineCodecFactory()));
 * }</pre>
 */
public final class CodecFilter {

  private CodecFilter() {}

  /**
   * Returns the filter of a service.
   *
   * @param codec the codec; each session gets its own decoder
   * @return the filter
   */
  public static IoFilter of(ProtocolCodecFactory codec) {
    return new parley.internal.chain.FramingFilter(codec);
  }
}
