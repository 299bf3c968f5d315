/**
 * The commands. They turn conf files into config objects, and failures into messages and exit
 * codes. This is an artifact of its own, with Log4j, Typesafe Config, Commons CLI and JLine. It may
 * use all other packages.
 */
@NullMarked
package parley.cli;

import org.jspecify.annotations.NullMarked;
