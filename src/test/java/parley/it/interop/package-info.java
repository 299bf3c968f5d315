/** Clients and servers of other projects at the other end. */
package parley.it.interop;
