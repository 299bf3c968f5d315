#!/bin/sh
# Compares numbers of event loops: the greeting with 1, 2 and 4 of them, in turn. Prints the answers
# per second of each round. First on all processors, shared with the load: once as shipped, and once
# with a handler that computes. Then on one processor, with another for the load, if taskset is
# found.
# usage: src/bench/loops.sh [ROUNDS]
set -eu
rounds=${1:-4}
case $rounds in
  '' | *[!0-9]* | 0*)
    echo "usage: src/bench/loops.sh [ROUNDS]  (1 or more, 4 by default; about three minutes)" >&2
    exit 2
    ;;
esac
home=$(cd "$(dirname "$0")/../.." && pwd -P)
bench=$home/src/bench/target
"$home/bin/bench.sh" --list >/dev/null # builds it, if need be
work=$(mktemp -d)
servers=
stop() {
  for each in $servers; do
    kill "$each" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# start CLASS LOOPS, on the processors $server_on.
start() {
  # shellcheck disable=SC2086 # it may have several words or none
  $server_on "$java" -Xms512m -Xmx512m -XX:+UseParallelGC -cp "$bench/classes:$bench/lib/*" \
    "bench.parley.$1" 0 "$2" </dev/null >"$work/port-$2" &
  servers="$servers $!"
  until [ -s "$work/port-$2" ]; do
    kill -0 $! || exit 1
    sleep 0.1
  done
}

# measure TITLE CLASS CONNECTIONS DEPTH
measure() {
  echo "measuring $2 ..." >&2
  echo "$1: $2, $3 connections, $4 in flight on each"
  for loops in 1 2 4; do
    start "$2" "$loops"
  done
  for round in $(seq 0 "$rounds"); do # the first warms up
    for loops in 1 2 4; do
      port=$(sed -n 's/^listening //p' "$work/port-$loops")
      # shellcheck disable=SC2086
      $load_on "$java" -cp "$bench/classes:$bench/lib/*" bench.load.Load \
        closed "$port" "$3" "$4" 16 "$([ "$round" = 0 ] && echo 8 || echo 0.5)" 2 |
        sed -n 's/^rate //p' >"$work/rate"
      [ "$round" = 0 ] || cat "$work/rate" >>"$work/rates-$loops"
    done
  done
  for loops in 1 2 4; do
    printf '  loops %s: %s\n' "$loops" "$(sort -n "$work/rates-$loops" | tr '\n' ' ')"
    rm "$work/rates-$loops" "$work/port-$loops"
  done
  for each in $servers; do
    kill "$each"
    wait "$each" || true
  done
  servers=
}

server_on=
load_on=
measure "all processors" GreetingServer 64 1
measure "all processors" ComputingServer 64 1
if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
  server_on="taskset -c 0"
  load_on="taskset -c 1"
  measure "one processor" GreetingServer 64 16
fi
