/** Answers: each comes once and in its place, whatever handlers, clients and threads do. */
package parley.it.answers;
