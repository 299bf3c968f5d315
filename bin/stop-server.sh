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
  echo "Exit codes: 0 stopped, 2 usage, 3 no server runs, 77 not permitted."
  case $1 in -h | --help) exit 0 ;; *) exit 2 ;; esac
fi

run=${PARLEY_RUN:-$home/run}
find_server "$run" || die "parley does not run ($run/server.lock$why)" 3
if ! kill -TERM "$pid" 2>/dev/null && find_server "$run"; then
  die "cannot stop parley, pid $pid: it is another user's" 77
fi
while [ "$(started_at "$pid")" = "$started" ]; do
  sleep 0.1
done
echo "stopped, pid $pid"
