#!/bin/sh
# Starts the server, in the foreground or as a daemon. See --help, and conf/server.conf.
set -eu
daemon=
serves=yes
for each in "$@"; do
  shift
  case $each in
    --daemon)
      daemon=yes
      continue
      ;;
    --check-config | --print-* | --help | -h | --version | -V) serves= ;;
  esac
  set -- "$@" "$each"
done
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"
prepare

run=${PARLEY_RUN:-$home/run}
if [ -n "$serves" ]; then
  mkdir -p "$run" 2>/dev/null || true
  find_reports
fi

serve() {
  # shellcheck disable=SC2086 # options are words
  exec "$java" -Xlog:disable -XX:+CrashOnOutOfMemoryError \
    -Djdk.tls.rejectClientInitiatedRenegotiation=true -XX:ErrorFile="$crash" \
    -XX:ReplayDataFile="${crash%-%p.log}-replay-%p.log" -XX:HeapDumpPath="$reports" \
    ${archive:+"$archive"} ${JAVA_OPTS:-} -Dparley.home="$home" \
    -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
    -cp "$jar" parley.cli.StartServer "$@"
}

if [ -z "$daemon" ]; then
  serve "$@"
fi

pid_file=$run/server.pid
log=$run/server.log
lock "$run/.starting"
if pid=$(running_pid "$pid_file"); then
  die "parley runs already, pid $pid ($pid_file)" 3
fi
touch "$log"
before=$(wc -c <"$log")
new_log() {
  tail -c +$((before + 1)) "$log"
}

# It outlives its terminal.
(
  trap '' HUP INT QUIT
  serve "$@"
) </dev/null >>"$log" 2>&1 &
pid=$!
echo "$pid" >"$pid_file"
while ! new_log | grep -q '^listening '; do
  if ! kill -0 "$pid" 2>/dev/null; then
    code=0
    wait "$pid" || code=$?
    rm -f "$pid_file"
    new_log >&2
    exit "$code"
  fi
  sleep 0.1
done
unlock
new_log | grep '^listening '
echo "pid $pid, log $log"
