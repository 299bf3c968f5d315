/*
 * Bad clients of a greeting server: tiny buffers, odd pieces, and every way to leave.
 *
 * usage: peer PORT COUNT SEED
 * Exits with 0 if each client that stayed to the end had all its answers in order.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_NAMES = 200, BANNER_BYTES = 14 };

static struct sockaddr_in server;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static int connected(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;
  if (fd < 0) {
    fail("socket");
  }
  if (rand() % 2) { /* the kernel uses its minimum */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &one, sizeof one);
  }
  if (rand() % 2) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) {
    fail("connect");
  }
  return fd;
}

/* Sends in pieces of some bytes; the kernel may hold back a piece until the next one. */
static int send_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    size_t piece = 1 + (size_t)rand() % 40;
    if (piece > count) {
      piece = count;
    }
    ssize_t sent = send(fd, bytes, piece, MSG_NOSIGNAL | (rand() % 3 ? 0 : MSG_MORE));
    if (sent < 0) {
      return -1;
    }
    bytes += sent;
    count -= (size_t)sent;
  }
  return 0;
}

static void leave_by_reset(int fd) {
  struct linger none = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close(fd);
}

/* Reads to the end of the stream, and compares. */
static void read_answers(int fd, int names) {
  static char got[MOST_NAMES * 32], expected[MOST_NAMES * 32];
  size_t wanted = (size_t)sprintf(expected, "Hello, World!\n");
  for (int i = 0; i < names; i++) {
    wanted += (size_t)sprintf(expected + wanted, "Hello, c%d!\n", i);
  }
  size_t count = 0;
  for (;;) {
    ssize_t n = recv(fd, got + count, sizeof got - count, 0);
    if (n < 0) {
      fail("recv");
    }
    if (n == 0) {
      break;
    }
    count += (size_t)n;
  }
  if (count != wanted || memcmp(got, expected, wanted) != 0) {
    fprintf(stderr, "%d names: %zu bytes of answers (expected: %zu)\n", names, count, wanted);
    exit(1);
  }
}

static void be_bad(void) {
  static char names[MOST_NAMES * 8];
  int count = 1 + rand() % MOST_NAMES;
  size_t bytes = 0;
  for (int i = 0; i < count; i++) {
    bytes += (size_t)sprintf(names + bytes, "c%d\n", i);
  }
  int fd = connected();
  int way = rand() % 6;
  if (way == 0) { /* half-close, and stay */
    if (send_all(fd, names, bytes) < 0) {
      fail("send");
    }
    shutdown(fd, SHUT_WR);
    read_answers(fd, count);
    close(fd);
    return;
  }
  send_all(fd, names, bytes / (size_t)(1 + rand() % 3));
  if (way == 1) {
    leave_by_reset(fd);
  } else if (way == 2) { /* with unread answers: also a reset */
    close(fd);
  } else if (way == 3) { /* stops reading, but continues to ask */
    shutdown(fd, SHUT_RD);
    send_all(fd, names, bytes);
    close(fd);
  } else if (way == 4) { /* urgent bytes between the others */
    send(fd, "!", 1, MSG_OOB | MSG_NOSIGNAL);
    send_all(fd, "x\n", 2);
    close(fd);
  } else { /* killed while it sends */
    pid_t child = fork();
    if (child == 0) {
      while (send_all(fd, names, bytes) == 0) {
      }
      _exit(0);
    }
    close(fd);
    usleep(1000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: peer PORT COUNT SEED\n");
    return 2;
  }
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(argv[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  srand((unsigned)atoi(argv[3]));
  for (int i = atoi(argv[2]); i > 0; i--) {
    be_bad();
  }
  return 0;
}
