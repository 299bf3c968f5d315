#!/bin/sh
# Measures Parley beside its peers. See --help and docs/bench.md. Works in a clone only.
set -eu
main=bench.run.Bench

usage() {
  cat <<END
usage: bench.sh [OPTION...] [WORK...]
Measures the greeting on Parley and on its peers, in turn in one run, and prints ratios and
medians. docs/bench.md explains them.

  --rounds N        measurements of each, 1 to 99 (3)
  --seconds S       duration of each measurement, 0.1 to 600 (2)
  --warm-up S       warm-up of each server for each work, 0 to 600 (4)
  --servers A,B     the servers to measure (all that can run here)
  --rate [auto|N]   each CONNECTIONSxDEPTH also at one rate for all servers (open loop): auto,
                    70 % of the slowest server's rate in this run, or N requests per second
  --tls             under TLS 1.3, by the JDK's engine on both sides, for servers with TLS
  --out FILE        the file for the figures (target/bench/results.tsv)
  --full            all works that --list shows; it takes hours
  --list            shows the names of servers and works
  -h, --help        prints this text

Works, without --full: 64x1 64x16 16x128.
JAVA_OPTS, if set, replaces the JVMs' options.
Exit codes: 0 measured, 1 a wrong or missing answer, 2 usage, 70 something else failed.
END
}

self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"
# shellcheck source=src/bench/run.sh
. "$home/src/bench/run.sh"
