package parley.codec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.mina.core.buffer.IoBuffer;

/** An encoder of one message as one line: its text, then the delimiter. It keeps no state. */
final class LineEncoder implements FrameEncoder<Object> {

  /** The length up to which checking each character is faster than eight bytes at a time. */
  private static final int SHORT = 64;

  private static final Set<Charset> LIKE_ASCII =
      Set.of(StandardCharsets.UTF_8, StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1);

  private final Charset charset;
  private final LineEnd end;
  private final byte[] delimiter;
  private final IntSupplier maxBytes;
  private final boolean mayBePlain;

  LineEncoder(Charset charset, LineEnd end, IntSupplier maxBytes) {
    this.charset = charset;
    this.end = end;
    this.delimiter = end.sent();
    this.maxBytes = maxBytes;
    this.mayBePlain = end.isOfText() && LIKE_ASCII.contains(charset);
  }

  /**
   * Encodes a line, and rejects text that would not arrive unchanged.
   *
   * @throws IllegalArgumentException if the text is too long, or contains the delimiter, or CR or
   *     LF where those end lines (a second line smuggled in); the message has the position, not the
   *     text
   */
  @Override
  public void encode(Object message, IoBuffer out) {
    String line = message.toString();
    if (mayBePlain && line.length() <= SHORT && putPlain(line, out)) {
      return;
    }
    byte[] text = line.getBytes(charset);
    if (!end.isOfText()) {
      refuseDelimiter(text);
      refuseReplaced(line, text);
    } else {
      refuse(line, '\n', "LF"); // the JVM searches a String faster than this code does
      refuse(line, '\r', "CR");
      if (ByteSearch.indexOf(text, 0, text.length, (byte) '?') >= 0) {
        refuseReplaced(line, text);
      }
    }
    if (text.length > maxBytes.getAsInt()) {
      throw new IllegalArgumentException(
          "line of " + text.length + " bytes (expected: <= " + maxBytes.getAsInt() + ")");
    }
    put(text, out);
  }

  /**
   * Puts a line of ASCII without control characters, as most short lines are, without an array in
   * between.
   *
   * @return false if it is not such a line, is too long, or has no room; then nothing is put
   */
  private boolean putPlain(String line, IoBuffer out) {
    int length = line.length();
    int next = out.position() + length + delimiter.length;
    if (length > maxBytes.getAsInt() || !out.hasArray() || next > out.limit()) {
      return false;
    }
    byte[] array = out.array();
    int at = out.arrayOffset() + out.position();
    for (int i = 0; i < length; i++) {
      char c = line.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
      array[at + i] = (byte) c;
    }
    for (int i = 0; i < delimiter.length; i++) {
      array[at + length + i] = delimiter[i];
    }
    out.position(next);
    return true;
  }

  /** Puts all bytes at once if there is room, because each put of an IoBuffer checks its size. */
  private void put(byte[] text, IoBuffer out) {
    int end = out.position() + text.length + delimiter.length;
    if (!out.hasArray() || end > out.limit()) {
      out.put(text).put(delimiter);
      return;
    }
    byte[] array = out.array();
    int at = out.arrayOffset() + out.position();
    System.arraycopy(text, 0, array, at, text.length);
    System.arraycopy(delimiter, 0, array, at + text.length, delimiter.length);
    out.position(end);
  }

  /** Rejects a delimiter inside the line: the line would end early. */
  private void refuseDelimiter(byte[] text) {
    byte[] bytes = Arrays.copyOf(text, text.length + delimiter.length);
    System.arraycopy(delimiter, 0, bytes, text.length, delimiter.length);
    for (int i = 1; i < bytes.length; i++) {
      if (end.whole(bytes, 0, i) > 0) {
        throw new IllegalArgumentException(
            "delimiter inside a line, at byte " + (i - delimiter.length));
      }
    }
  }

  /** Rejects characters that the charset cannot encode: they would become question marks. */
  private void refuseReplaced(String line, byte[] text) {
    int marks = 0;
    for (byte each : text) {
      marks += each == '?' ? 1 : 0;
    }
    if (marks != line.chars().filter(c -> c == '?').count()
        && !charset.newEncoder().canEncode(line)) {
      throw new IllegalArgumentException("line has characters that " + charset + " cannot encode");
    }
  }

  private static void refuse(String line, char delimiter, String name) {
    int at = line.indexOf(delimiter);
    if (at >= 0) {
      throw new IllegalArgumentException(name + " inside a line, at index " + at);
    }
  }
}
