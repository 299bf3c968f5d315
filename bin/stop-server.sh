#!/bin/sh
# Stops the server that start-server.sh --daemon started: it drains, and this waits until it is gone.
set -eu
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"

if [ $# -gt 0 ]; then
  echo "usage: stop-server.sh"
  echo "Drains and stops the server that start-server.sh --daemon started, and waits for its end:"
  echo "drain-delay, and drain-timeout at most."
  echo "Exit codes: 0 stopped, 2 usage, 3 no server runs."
  case $1 in -h | --help) exit 0 ;; *) exit 2 ;; esac
fi

pid_file=${PARLEY_RUN:-$home/run}/server.pid
if ! pid=$(running_pid "$pid_file"); then
  rm -f "$pid_file"
  die "parley does not run ($pid_file)" 3
fi
kill -TERM "$pid"
while kill -0 "$pid" 2>/dev/null; do
  sleep 0.1
done
rm -f "$pid_file"
echo "stopped, pid $pid"
