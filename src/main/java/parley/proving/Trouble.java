package parley.proving;

import java.util.List;

/**
 * What went wrong in one case.
 *
 * @param way in which way; two troubles of one way are taken for the same
 * @param subject what was played
 * @param lines what happened, as it is shown
 * @param isFatal something is stuck: nothing more can be tried
 */
record Trouble(String way, String subject, List<String> lines, boolean isFatal) {}
