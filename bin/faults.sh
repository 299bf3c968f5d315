#!/bin/sh
# Injects faults into Parley and its peers. See --help and docs/reliability.md. Works in a clone only.
set -eu
main=bench.fault.Faults
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
