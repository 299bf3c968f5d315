/** TLS by the scripts and conf alone, with openssl at the other end. */
package parley.it.tls;
