#!/bin/sh
# Injects faults into Parley and its peers. See --help and docs/reliability.md. Works in a clone only.
set -eu
main=bench.fault.Faults

usage() {
  cat <<END
usage: faults.sh [--servers NAME,...] [--list] [FAULT]...
Injects faults into servers of the greeting, each with a heap of 64 MiB, and reports whether
the fault's rule was held, a quiet neighbour was served, and nothing was left over.

      --servers NAME,...  parley by default, or some of parley, mina, netty-nio, netty-epoll,
                          vertx
      --list              lists the faults and their rules
  -h, --help              prints this text

Exit codes: 0 Parley held all, 1 it did not, 2 usage, 70 a server could not be started.
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
