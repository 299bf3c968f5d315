/** The programs of src/bench: they run, and they notice what is wrong with what they measure. */
package parley.it.bench;
