package example.resp;

/**
 * The limits of a decoder.
 *
 * @param message the longest request or reply, in bytes, including everything around its values
 * @param bulk the longest bulk string, in bytes
 * @param array the largest number of elements in an array
 */
record Limits(int message, int bulk, int array) {}
