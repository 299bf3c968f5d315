# shellcheck shell=sh disable=SC2034
# Sourced by the scripts before they start Java. What is set in the environment goes first.

# Which Java, 17 or later; without it the java of the PATH.
# JAVA_HOME=${JAVA_HOME:-/usr/lib/jvm/java-17}

# Options for the JVM of both commands, as words.
# JAVA_OPTS=${JAVA_OPTS:--Xmx256m}

# Where --daemon keeps the server's pid and log; without it run/ beside bin/.
# PARLEY_RUN=${PARLEY_RUN:-/var/run/parley}

# How long --daemon waits until the server listens, in s, m or h; then it ends the server.
# PARLEY_START_TIMEOUT=${PARLEY_START_TIMEOUT:-60s}
