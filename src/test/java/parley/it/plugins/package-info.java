/** Protocols in plugins/: made by the script or the page, of the examples, and bad ones. */
package parley.it.plugins;
