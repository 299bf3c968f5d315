package example.resp;

/**
 * An error as the answer to a command.
 *
 * @param message a word in capitals for the kind, and a text: {@code ERR syntax error}
 */
public record RespError(String message) {}
