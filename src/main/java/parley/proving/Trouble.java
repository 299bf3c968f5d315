package parley.proving;

import java.util.List;

/**
 * A failure of one case.
 *
 * @param way the way of failing; two troubles with the same way count as the same
 * @param subject the input that was played
 * @param lines the log of the case
 * @param isFatal whether something hangs, so that no further case can run
 */
record Trouble(String way, String subject, List<String> lines, boolean isFatal) {}
