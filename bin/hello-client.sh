#!/bin/sh
# Sends names to a greeting server and prints its answers. See --help and conf/client.conf.
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
# The process is short-lived: the C1 compiler and the serial collector start fastest.
# shellcheck disable=SC2086 # options are words
run_java become ${archive:+"$archive"} $native -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData \
  ${JAVA_OPTS:-} -Dparley.home="$home" \
  -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
  -cp "$jar" parley.cli.HelloClient "$@"
