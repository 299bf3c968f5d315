/** The two commands: conf files to config objects, messages and exit codes. */
@NullMarked
package parley.cli;

import org.jspecify.annotations.NullMarked;
