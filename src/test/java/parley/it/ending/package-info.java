/** How a process ends: signals, drains and crashes. */
package parley.it.ending;
