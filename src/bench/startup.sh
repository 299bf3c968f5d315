#!/bin/sh
# Measures the time that the class-data archive and the flags of hello-client.sh save. Runs it with
# and without them, in turn, against its own server, and prints the medians and their ratio.
# usage: src/bench/startup.sh [ROUNDS]
set -eu
rounds=${1:-21}
home=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
PARLEY_RUN=$work/run
export PARLEY_RUN
stop() {
  "$home/bin/stop-server.sh" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# The same scripts, in their own home, without the archive and the flags.
mkdir "$work/plain" "$work/plain/bin"
for each in src target conf; do
  ln -s "$home/$each" "$work/plain/$each"
done
cp -p "$home/pom.xml" "$work/plain/pom.xml"
cp "$home/bin/parley.sh" "$work/plain/bin/parley.sh"
sed 's/-Xlog:disable .*-XX:-UsePerfData//' "$home/bin/hello-client.sh" >"$work/plain/bin/hello-client.sh"
chmod +x "$work/plain/bin/hello-client.sh"

PARLEY_ENDPOINT=$("$home/bin/start-server.sh" --daemon \
  --set listeners.greeting.endpoint=tcp://127.0.0.1:0 | sed -n 's/^listening \([^ ]*\).*/\1/p')
export PARLEY_ENDPOINT

# Prints the milliseconds that a command takes.
milliseconds() {
  before=$(date +%s%N)
  "$1" Ada >/dev/null
  after=$(date +%s%N)
  echo $(((after - before) / 1000000))
}
median() {
  sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"
}

"$home/bin/hello-client.sh" Ada >/dev/null
"$work/plain/bin/hello-client.sh" Ada >/dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
  milliseconds "$work/plain/bin/hello-client.sh" >>"$work/without"
  milliseconds "$home/bin/hello-client.sh" >>"$work/with"
  round=$((round + 1))
done
with=$(median "$work/with")
without=$(median "$work/without")
awk -v with="$with" -v without="$without" -v rounds="$rounds" 'BEGIN {
  printf "hello-client.sh: %d ms with archive and flags, %d ms without, ratio %.2f (medians of %d)\n",
    with, without, with / without, rounds
}'
