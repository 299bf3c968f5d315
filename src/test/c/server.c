/* A greeting server for one client: socket, bind, listen, accept, read, write, close.
 * Prints its port, then serves until the client ends. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(int fd, const char *text) {
  for (size_t left = strlen(text); left > 0;) {
    ssize_t n = write(fd, text, left);
    if (n < 0) exit(1);
    text += n;
    left -= n;
  }
}

int main(void) {
  struct sockaddr_in here = {.sin_family = AF_INET};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;

  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 5) < 0) return 1;
  getsockname(listener, (struct sockaddr *)&here, &size);
  printf("%d\n", ntohs(here.sin_port));
  fflush(stdout);

  int fd = accept(listener, NULL, NULL);
  say(fd, "Hello, World!\n");
  char name[1024], answer[1100], c;
  size_t length = 0;
  while (read(fd, &c, 1) == 1) { /* one byte a read: lines may come in any pieces */
    if (c != '\n') {
      if (length < sizeof name - 1) name[length++] = c;
      continue;
    }
    name[length] = 0;
    length = 0;
    snprintf(answer, sizeof answer, "Hello, %s!\n", *name ? name : "World");
    say(fd, answer);
  }
  close(fd);
  close(listener);
  return 0;
}
