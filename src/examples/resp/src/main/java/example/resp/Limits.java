package example.resp;

/**
 * How much a decoder takes.
 *
 * @param message the longest request or reply, in bytes with all that is around its values
 * @param bulk the longest bulk string, in bytes
 * @param array the most elements of an array
 */
record Limits(int message, int bulk, int array) {}
