/*
 * A bad link between two network namespaces: loses, delays and reorders packets.
 *
 * usage: link NAMESPACE NAMESPACE LOSS_PERCENT DELAY_MILLIS JITTER_MILLIS SEED
 * Makes a device "link0" in each, prints "ready", and carries packets until its input ends. After
 * SIGUSR1 it loses all of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PACKETS = 4096, MTU = 2048 };

struct packet {
  long due;
  int to;
  int length;
  unsigned char bytes[MTU];
};

static struct packet waiting[MOST_PACKETS];
static int count;
static volatile sig_atomic_t down;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void go_down(int signal) {
  (void)signal;
  down = 1;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int device(const char *namespace) {
  char path[256];
  struct ifreq request;
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int ns = open(path, O_RDONLY | O_CLOEXEC);
  if (ns < 0 || setns(ns, CLONE_NEWNET) < 0) {
    fail(path);
  }
  close(ns);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "link0");
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
    fail("/dev/net/tun");
  }
  return fd;
}

/* When this one is due does not depend on the one before: that reorders them. */
static void take(int from, int to, int loss, int delay, int jitter) {
  struct packet packet;
  while ((packet.length = (int)read(from, packet.bytes, MTU)) > 0) {
    if (!down && rand() % 100 >= loss && count < MOST_PACKETS) {
      packet.to = to;
      packet.due = now() + delay + rand() % (jitter + 1);
      waiting[count++] = packet;
    }
  }
}

/* Returns how long nothing is due, at most a second. */
static int deliver(void) {
  long at = now(), next = at + 1000;
  for (int i = 0; i < count;) {
    if (waiting[i].due <= at) {
      if (!down && write(waiting[i].to, waiting[i].bytes, (size_t)waiting[i].length) < 0) {
        perror("write"); /* lost too */
      }
      waiting[i] = waiting[--count];
    } else {
      if (waiting[i].due < next) {
        next = waiting[i].due;
      }
      i++;
    }
  }
  return (int)(next - at);
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: link NAMESPACE NAMESPACE LOSS DELAY JITTER SEED\n");
    return 2;
  }
  int a = device(argv[1]), b = device(argv[2]);
  int loss = atoi(argv[3]), delay = atoi(argv[4]), jitter = atoi(argv[5]);
  srand((unsigned)atoi(argv[6]));
  signal(SIGUSR1, go_down);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd ready[] = {{a, POLLIN, 0}, {b, POLLIN, 0}, {0, POLLIN, 0}};
    if (poll(ready, 3, deliver()) < 0 && errno != EINTR) {
      fail("poll");
    }
    if (ready[2].revents) {
      return 0; /* whoever started it has gone */
    }
    take(a, b, loss, delay, jitter);
    take(b, a, loss, delay, jitter);
  }
}
