package bench.shared;

/** An error that answers a command; the message begins with its code, such as {@code ERR}. */
public record RespError(String message) {}
