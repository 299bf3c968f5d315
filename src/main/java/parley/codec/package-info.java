/**
 * Codecs decode bytes to frames and encode frames to bytes. This package has codecs for lines,
 * length fields, fixed lengths and plain bytes, and {@link parley.codec.FrameDecoder} for your own
 * codecs.
 *
 * <p>The package uses only MINA's codec interfaces and buffers, and nothing else of Parley. A
 * factory and its encoder serve all sessions. A decoder serves one session, on its event loop.
 */
@NullMarked
package parley.codec;

import org.jspecify.annotations.NullMarked;
