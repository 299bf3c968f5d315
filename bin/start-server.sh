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

# Runs the server with "become" or "exec".
serve() {
  by=$1
  shift
  # shellcheck disable=SC2086 # options are words
  run_java "$by" -XX:+CrashOnOutOfMemoryError \
    -Djdk.tls.rejectClientInitiatedRenegotiation=true -XX:HeapDumpPath="$reports" \
    ${archive:+"$archive"} ${JAVA_OPTS:-} -Dparley.home="$home" ${daemon:+-Dparley.run="$run"} \
    -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
    -cp "$jar" parley.cli.StartServer "$@"
}

if [ -z "$daemon" ]; then
  serve become "$@"
fi

# How many seconds to wait for the server.
limit=${PARLEY_START_TIMEOUT:-60s}
case $limit in
  *[0-9]s) unit=1 ;;
  *[0-9]m) unit=60 ;;
  *[0-9]h) unit=3600 ;;
  *) unit= ;;
esac
case $unit,${limit%[smh]} in
  ,* | *,*[!0-9]* | *,0* | *,?????*)
    die "PARLEY_START_TIMEOUT: $limit (expected: a time from 1s to 9999h, such as 90s or 2m)" 78
    ;;
esac
limit=$((${limit%[smh]} * unit))

mkdir -p "$run" 2>/dev/null || true
[ -d "$run" ] || die "cannot make $run" 77
if [ ! -w "$run" ] || [ ! -x "$run" ]; then
  die "cannot write $run" 77
fi
run=$(CDPATH='' cd -- "$run" && pwd -P)
if find_server "$run"; then
  die "parley is already running: pid $pid ($run/server.lock)" 3
fi
for each in server.log server.lock server.pid; do
  if [ -d "$run/$each" ] || { [ -e "$run/$each" ] && [ ! -w "$run/$each" ]; }; then
    die "cannot write $run/$each" 77
  fi
done
log=$run/server.log
(: >>"$log") 2>/dev/null || die "cannot write $log" 77
[ -r "$log" ] || die "cannot read $log" 77
before=$(wc -c <"$log")
new_log() {
  tail -c +$((before + 1)) "$log"
}

# The server outlives its terminal. It appends to its log, so that the file may be truncated.
serve_on() {
  trap '' HUP INT QUIT
  serve exec "$@" </dev/null >>"$log" 2>&1
}

is_serving() {
  find_server "$run" && [ "$pid" = "$child" ] && [ -n "$listening" ]
}

# Ends the server, and kills it if that takes longer than 5 s.
end_server() {
  kill -TERM "$child" 2>/dev/null || true
  tenths=0
  while [ "$tenths" -lt 50 ] && kill -0 "$child" 2>/dev/null; do
    tenths=$((tenths + 1))
    sleep 0.1
  done
  kill -KILL "$child" 2>/dev/null || true
  await_child 2>/dev/null # a shell reports a child that was killed
}

start_child serve_on "$@"
tenths=0
until is_serving; do
  if [ -n "$signalled" ]; then
    end_server
    exit "$signalled"
  fi
  if ! kill -0 "$child" 2>/dev/null; then
    await_child
    if [ "$code" -eq 0 ] && [ -n "$serves" ]; then # drained, because of a signal from elsewhere
      echo "parley ended before it listened; from $log:" >&2
      code=4
    fi
    new_log >&2
    exit "$code"
  fi
  if [ "$tenths" -eq $((limit * 10)) ]; then
    echo "parley is not listening after $limit s (PARLEY_START_TIMEOUT); from $log:" >&2
    new_log >&2
    end_server
    exit 4
  fi
  tenths=$((tenths + 1))
  sleep 0.1
done
echo "$listening"
echo "pid $pid, log $log"
