#!/bin/sh
# Measures SET and GET with redis-benchmark, without and with pipelining, on the example resp in
# Parley and on a real redis-server without persistence, in turn. Prints the medians and their
# ratio. With taskset and two processors, the servers use one of them and the benchmark the other.
# usage: src/bench/resp.sh [ROUNDS]
set -eu
rounds=${1:-5}
home=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
PARLEY_RUN=$work/run
export PARLEY_RUN
redis=
stop() {
  "$work/home/bin/stop-server.sh" >/dev/null 2>&1 || true
  [ -z "$redis" ] || kill "$redis" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

server_on=
client_on=
if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
  server_on="taskset -c 0"
  client_on="taskset -c 1"
fi

# Parley with the example, in its own home.
"$home/bin/start-server.sh" --check-config >/dev/null # builds it, if need be
mkdir "$work/home" "$work/home/bin" "$work/home/plugins" "$work/classes"
for each in src target conf; do
  ln -s "$home/$each" "$work/home/$each"
done
cp -p "$home/pom.xml" "$work/home/pom.xml"
cp -p "$home"/bin/*.sh "$work/home/bin"
find "$home/src/examples/resp/src/main/java" -name '*.java' >"$work/sources"
javac -proc:none -cp "$home/target/lib/*" -d "$work/classes" "@$work/sources"
cp -R "$home/src/examples/resp/src/main/resources/META-INF" "$work/classes"
jar --create --file "$work/home/plugins/resp.jar" -C "$work/classes" .
parley_port=$($server_on "$work/home/bin/start-server.sh" --daemon \
  --config "$home/src/examples/resp/resp.conf" --set listeners.resp.endpoint=tcp://127.0.0.1:0 |
  sed -n 's/^listening tcp:.*:\([0-9]*\) .*/\1/p')

# A real redis-server, on the first free port.
redis_port=$((20000 + $$ % 10000))
until [ -n "$redis" ]; do
  redis_port=$((redis_port + 1))
  $server_on redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no \
    --dir "$work" >"$work/redis.log" &
  redis=$!
  until grep -q 'Ready to accept' "$work/redis.log"; do
    kill -0 "$redis" 2>/dev/null || { redis= && break; }
    sleep 0.1
  done
done

# Appends the requests per second to a file for each test, SET or GET.
benchmark() {
  $client_on redis-benchmark -p "$1" --csv -t set,get -P "$2" -n "$3" |
    sed -n 's/^"\([SG]ET\)","\([0-9.]*\)".*/\1 \2/p' |
    while read -r test rate; do
      echo "$rate" >>"$work/$4-$test-$2"
    done
}
median() {
  sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"
}

for pipelined in 1 16; do # both warm, the JVM's code compiled
  for port in "$parley_port" "$redis_port"; do
    benchmark "$port" "$pipelined" 300000 warm-up
  done
done
round=0
while [ "$round" -lt "$rounds" ]; do
  benchmark "$parley_port" 1 100000 parley
  benchmark "$redis_port" 1 100000 redis
  benchmark "$parley_port" 16 500000 parley
  benchmark "$redis_port" 16 500000 redis
  round=$((round + 1))
done

redis-server --version | sed 's/ sha.*//'
java -version 2>&1 | sed -n 2p
echo "requests per second, medians of $rounds; ${server_on:-no taskset}"
for test in SET GET; do
  for pipelined in 1 16; do
    awk -v what="$test -P $pipelined" -v parley="$(median "$work/parley-$test-$pipelined")" \
      -v redis="$(median "$work/redis-$test-$pipelined")" 'BEGIN {
        printf "%-9s redis-server %8d, Parley %8d, ratio %.2f\n", what, redis, parley, parley / redis
      }'
  done
done
