/* A greeting client: socket, connect, write, read, close.
 * usage: client PORT NAME [bytewise]   prints all bytes that the server sends until it closes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  size_t most = argc > 3 ? 1 : 4096; /* bytes of each read and write */
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");

  char request[4096];
  int length = snprintf(request, sizeof request, "%s\r\nquit\r\n", argv[2]);
  for (int sent = 0; sent < length;) {
    size_t left = length - sent;
    ssize_t n = write(fd, request + sent, left < most ? left : most);
    if (n < 0) die("write");
    sent += n;
  }

  char answer[4096];
  ssize_t n;
  while ((n = read(fd, answer, most)) > 0) fwrite(answer, 1, n, stdout);
  if (n < 0) die("read");
  close(fd);
  return 0;
}
