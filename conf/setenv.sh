# shellcheck shell=sh disable=SC2034
# The scripts source this file before they start Java. Variables from the environment take precedence.

# The Java to use, 17 or later. Default: the java in the PATH.
# JAVA_HOME=${JAVA_HOME:-/usr/lib/jvm/java-17}

# JVM options for both commands, separated by spaces.
# JAVA_OPTS=${JAVA_OPTS:--Xmx256m}

# The folder for the pid and the log of start-server.sh --daemon. Default: run/ beside bin/.
# PARLEY_RUN=${PARLEY_RUN:-/var/run/parley}

# How long start-server.sh --daemon waits until the server listens, in s, m or h, before it ends the server.
# PARLEY_START_TIMEOUT=${PARLEY_START_TIMEOUT:-60s}
