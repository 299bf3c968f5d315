#!/bin/sh
# Measures Parley beside its peers. See --help and docs/bench.md. Works in a clone only.
set -eu
main=bench.run.Bench
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
