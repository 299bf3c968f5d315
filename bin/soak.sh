#!/bin/sh
# Runs Parley under faults for some minutes. See --help and docs/reliability.md. Works in a clone only.
set -eu
main=bench.fault.Soak
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
