#!/bin/sh
# Runs Parley under faults for some minutes. See --help and docs/reliability.md. Works in a clone only.
set -eu
main=bench.fault.Soak

usage() {
  cat <<END
usage: soak.sh MINUTES [SEED]
Injects faults into two servers for MINUTES, each with a heap of 64 MiB: one runs handlers on
its event loops, the other on executor threads. Steady clients count their requests, the
answers and the lines pushed to them; the servers count what they answer, push and open.
Bad peers join in an order given by SEED: some let the server push to them and never read.
Faults that end a server, or need all its connections, are injected into separate servers.
Prints a verdict with figures.
MINUTES may have a fraction, such as 0.5.

  -h, --help  prints this text

Exit codes: 0 passed, 1 failed, 2 usage, 70 the server could not be started.
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
