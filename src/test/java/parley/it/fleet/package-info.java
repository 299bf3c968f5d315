/** Several processes: behind a load balancer, across a bad link, one after another on a socket. */
package parley.it.fleet;
