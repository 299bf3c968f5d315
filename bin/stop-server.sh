#!/bin/sh
# Stops the server that start-server.sh --daemon started, and waits until it has drained and ended.
set -eu
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"

usage() {
  cat <<END
usage: stop-server.sh
Drains the server that start-server.sh --daemon started, and waits until it has ended: at most
drain-delay plus drain-timeout.

  -h, --help  print this text, and exit

Exit codes: 0 stopped, 2 usage, 3 no server is running, 77 not permitted.
END
}

if [ $# -gt 0 ]; then
  case $1 in
    -h | --help)
      usage
      exit
      ;;
  esac
  usage >&2
  exit 2
fi

run=${PARLEY_RUN:-$home/run}
find_server "$run" || die "parley is not running ($run/server.lock$why)" 3
if ! kill -TERM "$pid" 2>/dev/null && find_server "$run"; then
  die "cannot stop parley, pid $pid: it belongs to another user" 77
fi
while [ "$(started_at "$pid")" = "$started" ]; do
  sleep 0.1
done
echo "stopped: pid $pid"
