/** The scripts of bin/ and the files of their run folder. */
package parley.it.scripts;
