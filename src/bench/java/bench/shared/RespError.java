package bench.shared;

/** An error as the answer to a command; the message begins with its code, such as {@code ERR}. */
public record RespError(String message) {}
