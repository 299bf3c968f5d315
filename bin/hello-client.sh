#!/bin/sh
# Asks a greeting server. See --help, and conf/client.conf.
set -eu
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"
prepare
# Short-lived: the first compiler and the simplest collector start fastest.
# shellcheck disable=SC2086 # options are words
run_java become ${archive:+"$archive"} $native -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData \
  ${JAVA_OPTS:-} -Dparley.home="$home" \
  -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
  -cp "$jar" parley.cli.HelloClient "$@"
