/** Conf files, variables and arguments, as the commands read them. */
package parley.it.conf;
