/*
 * The greeting on bare epoll: little more than the kernel's cost. One thread per loop; the first one
 * accepts and assigns connections in turn. One read, the lines in it, one write.
 * usage: floor [PORT [LOOPS]]
 * Ends with its standard input if that is a pipe.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 65536
#define MAX_LOOPS 64

struct connection {
  int fd;
  char *begun; /* an unfinished line */
  size_t begun_length;
  char *unsent;
  size_t unsent_length;
};

struct loop {
  int epoll;
  char *lines, *answers;
  size_t lines_size, answers_size;
};

static struct loop loops[MAX_LOOPS];
static int loop_count, dealt;
static struct connection listening, standard_input;

static void fail(const char *what) {
  perror(what);
  exit(70);
}

static void *need(void *memory) {
  if (memory == NULL) fail("memory");
  return memory;
}

static char *grown(char *buffer, size_t *size, size_t least) {
  if (*size >= least) return buffer;
  *size = 2 * least;
  return need(realloc(buffer, *size));
}

static void watch(int epoll, int op, struct connection *connection, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, op, connection->fd, &event) < 0) fail("epoll_ctl");
}

static void end(struct connection *connection) {
  close(connection->fd);
  free(connection->begun);
  free(connection->unsent);
  free(connection);
}

/* Sends; keeps the bytes that the kernel does not take, and reads nothing until they are sent. */
static int send_all(struct loop *loop, struct connection *connection, const char *bytes, size_t length) {
  ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return -1;
  size_t taken = sent < 0 ? 0 : (size_t) sent;
  if (taken < length) {
    connection->unsent_length = length - taken;
    connection->unsent = need(malloc(connection->unsent_length));
    memcpy(connection->unsent, bytes + taken, connection->unsent_length);
    watch(loop->epoll, EPOLL_CTL_MOD, connection, EPOLLOUT);
  }
  return 0;
}

static int send_rest(struct loop *loop, struct connection *connection) {
  ssize_t sent = send(connection->fd, connection->unsent, connection->unsent_length, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN ? 0 : -1;
  connection->unsent_length -= (size_t) sent;
  memmove(connection->unsent, connection->unsent + sent, connection->unsent_length);
  if (connection->unsent_length == 0) {
    free(connection->unsent);
    connection->unsent = NULL;
    watch(loop->epoll, EPOLL_CTL_MOD, connection, EPOLLIN);
  }
  return 0;
}

static size_t answer(struct loop *loop, const char *name, size_t length, size_t at) {
  loop->answers = grown(loop->answers, &loop->answers_size, at + length + 9);
  memcpy(loop->answers + at, "Hello, ", 7);
  memcpy(loop->answers + at + 7, name, length);
  memcpy(loop->answers + at + 7 + length, "!\n", 2);
  return at + length + 9;
}

static int take(struct loop *loop, struct connection *connection) {
  size_t begun = connection->begun_length;
  loop->lines = grown(loop->lines, &loop->lines_size, begun + READ_BYTES);
  ssize_t got = recv(connection->fd, loop->lines + begun, READ_BYTES, 0);
  if (got == 0) return -1;
  if (got < 0) return errno == EAGAIN ? 0 : -1;
  if (begun > 0) memcpy(loop->lines, connection->begun, begun);

  char *from = loop->lines, *stop = loop->lines + begun + got, *newline;
  size_t answered = 0;
  while ((newline = memchr(from, '\n', (size_t) (stop - from))) != NULL) {
    answered = answer(loop, from, (size_t) (newline - from), answered);
    from = newline + 1;
  }
  connection->begun_length = (size_t) (stop - from);
  if (connection->begun_length > 0) {
    connection->begun = need(realloc(connection->begun, connection->begun_length));
    memcpy(connection->begun, from, connection->begun_length);
  }
  return answered == 0 ? 0 : send_all(loop, connection, loop->answers, answered);
}

static void accept_all(void) {
  int fd, yes = 1;
  while ((fd = accept4(listening.fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    send(fd, "Hello, World!\n", 14, MSG_NOSIGNAL); /* a new socket takes all of it */
    struct connection *connection = need(calloc(1, sizeof *connection));
    connection->fd = fd;
    watch(loops[dealt++ % loop_count].epoll, EPOLL_CTL_ADD, connection, EPOLLIN);
  }
}

static void *run(void *started) {
  struct loop *loop = started;
  struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(loop->epoll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      char byte;
      if (connection == &listening) {
        accept_all();
      } else if (connection == &standard_input) {
        if (read(0, &byte, 1) <= 0) exit(0);
      } else if ((connection->unsent ? send_rest : take)(loop, connection) < 0) {
        end(connection);
      }
    }
  }
  return NULL;
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((unsigned short) (argc > 1 ? atoi(argv[1]) : 0));
  loop_count = argc > 2 ? atoi(argv[2]) : 1;
  if (loop_count < 1 || loop_count > MAX_LOOPS) {
    fprintf(stderr, "loops: %d (expected: 1 to %d)\n", loop_count, MAX_LOOPS);
    return 2;
  }
  int yes = 1;
  listening.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listening.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  socklen_t length = sizeof address;
  if (bind(listening.fd, (struct sockaddr *) &address, length) < 0 || listen(listening.fd, 1024) < 0 ||
      getsockname(listening.fd, (struct sockaddr *) &address, &length) < 0) {
    fail("listen");
  }
  for (int i = 0; i < loop_count; i++) {
    loops[i].epoll = epoll_create1(0);
  }
  watch(loops[0].epoll, EPOLL_CTL_ADD, &listening, EPOLLIN);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &standard_input};
  epoll_ctl(loops[0].epoll, EPOLL_CTL_ADD, 0, &event); /* a file cannot be watched, nor has to be */
  for (int i = 1; i < loop_count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &loops[i]) != 0) fail("thread");
  }
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);
  run(&loops[0]);
}
