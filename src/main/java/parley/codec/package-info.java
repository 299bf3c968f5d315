/**
 * Codecs: bytes to frames and back. Here are lines, length fields, fixed lengths, plain bytes, and
 * {@link parley.codec.FrameDecoder} for codecs of your own.
 *
 * <p>The package uses MINA's codec interfaces and buffers only, and nothing else of Parley's. A
 * factory and its encoder serve all sessions. A decoder serves one session, on its event loop.
 */
@NullMarked
package parley.codec;

import org.jspecify.annotations.NullMarked;
