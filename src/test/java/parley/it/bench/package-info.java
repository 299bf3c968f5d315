/** The programs of src/bench run, and detect faults in what they measure. */
package parley.it.bench;
