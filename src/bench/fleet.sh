#!/bin/sh
# Measures greetings per second through HAProxy with one, two and three Parley servers behind it. It
# compares them with one server alone, and with HAProxy's own limit: a bare epoll loop in C behind
# it. 64 connections, 16 requests in flight on each. With taskset and two processors, the load has
# its own processor. HAProxy, with one thread, and the servers share the others.
# usage: src/bench/fleet.sh [ROUNDS]
set -eu
rounds=${1:-5}
home=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
pids=
stop() {
  for pid in $pids; do
    kill "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
for tool in haproxy cc; do
  command -v "$tool" >/dev/null || {
    echo "$tool not found" >&2
    exit 70
  }
done

servers_on=
load_on=
cores=$(nproc)
if command -v taskset >/dev/null && [ "$cores" -gt 1 ]; then
  servers_on="taskset -c 0-$((cores - 2))"
  load_on="taskset -c $((cores - 1))"
fi

"$home/bin/bench.sh" --list >/dev/null # builds it, if need be
classes="$home/src/bench/target/classes:$home/src/bench/target/lib/*"
cc -O2 -pthread -o "$work/bare" "$home/src/bench/java/bench/floor/floor.c"

# Runs a server and sets "port" to its port. Its input stays open, because its end ends the server.
mkfifo "$work/open"
sleep 100000 >"$work/open" &
pids="$pids $!"
serve() {
  name=$1
  shift
  $servers_on "$@" <"$work/open" >"$work/$name" &
  pids="$pids $!"
  until grep -qs '^listening ' "$work/$name"; do
    kill -0 $! || exit 70
    sleep 0.1
  done
  port=$(sed 's/listening //' "$work/$name")
}
serve floor "$work/bare" 0 1
floor=$port
for each in a b c; do
  serve "$each" java -Xms256m -Xmx256m -XX:+UseSerialGC -cp "$classes" bench.parley.GreetingServer 0 1
  eval "$each=$port"
done

base=$((20000 + $$ % 10000))
{
  printf 'global\n  nbthread 1\ndefaults\n  mode tcp\n  balance leastconn\n'
  printf '  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n'
  printf 'listen floor\n  bind 127.0.0.1:%d\n  server floor 127.0.0.1:%d\n' "$base" "$floor"
  count=0
  some=
  # shellcheck disable=SC2154 # set by eval above
  for server in $a $b $c; do
    count=$((count + 1))
    some="$some  server s$server 127.0.0.1:$server\n"
    # shellcheck disable=SC2059 # it has line ends
    printf "listen of-$count\n  bind 127.0.0.1:$((base + count))\n$some"
  done
} >"$work/haproxy.cfg"
$servers_on haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
pids="$pids $!"

load() { # PORT NAME SECONDS
  $load_on java -Xms256m -Xmx256m -XX:+UseSerialGC -cp "$classes" bench.load.Load \
    closed "$1" 64 16 16 2 "$3" </dev/null | sed -n 's/^rate //p' >>"$work/$2-rate"
}
sleep 1
kill -0 $! || {
  cat "$work/haproxy.log" >&2
  exit 70
}
all="direct:$a floor:$base of-1:$((base + 1)) of-2:$((base + 2)) of-3:$((base + 3))"
round=0
while [ "$round" -lt "$rounds" ]; do
  for each in $all; do
    load "${each#*:}" "${each%:*}" 3
  done
  round=$((round + 1))
done

median() {
  sort -n "$work/$1-rate" | sed -n "$(((rounds + 1) / 2))p"
}
haproxy -v | head -n 1
echo "answers per second, medians of $rounds; servers and HAProxy: ${servers_on:-anywhere}, load: ${load_on:-anywhere}"
limit=$(median floor)
for each in "direct:a server without HAProxy" "floor:HAProxy's limit, a bare loop behind it" \
  "of-1:one server behind it" "of-2:two" "of-3:three"; do
  awk -v what="${each#*:}" -v rate="$(median "${each%%:*}")" -v limit="$limit" \
    'BEGIN { printf "%-42s %9d, of the limit %.2f\n", what, rate, rate / limit }'
done
