#!/bin/sh
# Runs only the JMH benchmarks of Parley's codecs and loop, with the bytes allocated per frame
# (-prof gc), and prints JMH's table. All of them take about seven minutes. Arguments are JMH's own:
# -l lists them, "LineDecoding -p inOneRead=16" selects some, "-f 3 -i 10" measures longer.
# usage: src/bench/jmh.sh [JMH ARGS]
set -eu
main=org.openjdk.jmh.Main
self=$(cd "$(dirname "$0")/../.." && pwd -P)/bin/parley.sh
# shellcheck source=bin/parley.sh
. "$self"
set -- -prof gc "$@"
# shellcheck source=src/bench/run.sh
. "$home/src/bench/run.sh"
