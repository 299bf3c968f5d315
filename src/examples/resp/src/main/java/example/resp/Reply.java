package example.resp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A reply to a request: one of the types of RESP2. */
public sealed interface Reply {

  /** The simple string {@code OK}. */
  Reply OK = new SimpleString("OK");

  /** The reply for a missing value. */
  Reply NULL = new Null();

  /**
   * A short text without line ends, such as {@code OK}.
   *
   * @param text the text, one character per byte
   */
  record SimpleString(String text) implements Reply {}

  /**
   * An error.
   *
   * @param message a word in capitals for the kind, and a text: {@code ERR syntax error}
   */
  record SimpleError(String message) implements Reply {}

  /**
   * A number, which RESP calls an integer.
   *
   * @param value the number
   */
  record Int64(long value) implements Reply {}

  /**
   * Bytes of any kind. Two bulk strings are equal if their bytes are.
   *
   * @param bytes the bytes, which are not copied and must not be changed
   */
  record BulkString(byte[] bytes) implements Reply {

    /** Returns the bytes as UTF-8 text. */
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof BulkString bulk && Arrays.equals(bytes, bulk.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    /** Returns all bytes, one character per byte: {@code BulkString[bytes=hello]}. */
    @Override
    public String toString() {
      return "BulkString[bytes=" + Text.of(bytes) + "]";
    }
  }

  /**
   * A list of replies.
   *
   * @param elements the replies, which may be of different types
   */
  record Array(List<Reply> elements) implements Reply {

    /** Copies the list. */
    public Array {
      elements = List.copyOf(elements);
    }
  }

  /** No value. */
  record Null() implements Reply {}
}
