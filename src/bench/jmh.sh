#!/bin/sh
# Runs only the JMH benchmarks of Parley's codecs and loop, with the bytes allocated per frame
# (-prof gc), and prints JMH's table. All of them take about seven minutes. Arguments are JMH's own:
# -l lists them, "LineDecoding -p inOneRead=16" selects some, "-f 3 -i 10" measures longer.
# usage: src/bench/jmh.sh [JMH ARGS]
set -eu
home=$(cd "$(dirname "$0")/../.." && pwd -P)
bench=$home/src/bench/jmh
built=$bench/target/.built
"$home/bin/start-server.sh" --check-config >/dev/null # builds Parley, if need be
if [ ! -f "$built" ] ||
  [ -n "$(find "$bench/pom.xml" "$bench/java" "$home/target/lib/.built" -newer "$built")" ]; then
  echo "building src/bench/jmh ..." >&2
  rm -rf "$bench/target/classes" "$bench/target/lib" # no jar of an earlier version beside its next
  mvn -q -B -ntp -Dstyle.color=never -f "$bench/pom.xml" package >&2
  touch "$built"
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -cp "$bench/target/classes:$bench/target/lib/*" org.openjdk.jmh.Main -prof gc "$@"
