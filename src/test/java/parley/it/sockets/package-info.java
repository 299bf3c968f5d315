/** The system calls of both commands, by strace. */
package parley.it.sockets;
