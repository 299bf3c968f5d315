/** The programs of src/bench run, and detect faults of the measured programs. */
package parley.it.bench;
