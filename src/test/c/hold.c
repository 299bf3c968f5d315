/*
 * Holds a listening socket, and runs a command on it repeatedly, as systemd does for a unit that
 * has it as standard input.
 *
 * usage: hold PORT TIMES COMMAND...
 * Prints the pid of each run. Ends after the last run.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 4) {
    return 2;
  }
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[1]));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listening, 1024) < 0) {
    perror("listen");
    return 1;
  }
  for (int times = atoi(argv[2]); times > 0; times--) {
    pid_t pid = fork();
    if (pid == 0) {
      dup2(listening, 0);
      close(listening);
      execvp(argv[3], argv + 3);
      perror(argv[3]);
      _exit(127);
    }
    printf("%d\n", (int)pid);
    fflush(stdout);
    int status;
    waitpid(pid, &status, 0);
  }
  return 0;
}
