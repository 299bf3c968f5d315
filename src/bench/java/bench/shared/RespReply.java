package bench.shared;

import java.util.Arrays;
import java.util.List;

/** An answer of RESP2. */
public sealed interface RespReply {

  /** A short text, such as OK. */
  record SimpleString(String text) implements RespReply {}

  /** An error; the message begins with its code, such as {@code ERR}. */
  record SimpleError(String message) implements RespReply {}

  /** A number. */
  record Int64(long value) implements RespReply {}

  /** Bytes. */
  record BulkString(byte[] bytes) implements RespReply {}

  /** A list of answers. */
  record Array(List<? extends RespReply> elements) implements RespReply {

    static Array of(RespReply... elements) {
      return new Array(Arrays.asList(elements));
    }
  }

  /** No value. */
  record Null() implements RespReply {}
}
