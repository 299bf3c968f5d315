/**
 * The commands: conf files become config objects, failures become messages and exit codes. An
 * artifact of its own, with Log4j, Typesafe Config, Commons CLI and JLine; it may use all others.
 */
@NullMarked
package parley.cli;

import org.jspecify.annotations.NullMarked;
