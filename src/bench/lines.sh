#!/bin/sh
# Prints the lines that a user writes for each protocol on each stack, as a Markdown table. It
# counts the lines of src/bench/java/bench/STACK/ROW*.java in google-java-format, including imports,
# except blank lines and comments. Code that the stacks share (bench/shared) is not counted.
# usage: src/bench/lines.sh
set -eu
cd "$(dirname "$0")/java/bench"

# Lines of code in the files; "n/a" if there are none.
count() {
  if [ ! -e "$1" ]; then
    echo n/a
    return
  fi
  awk '
    FNR == 1 { comment = 0 }
    { sub(/^[ \t]+/, "") }
    /^\/\*/ { comment = 1 }
    comment {
      if (!sub(/^.*\*\/[ \t]*/, "")) {
        next
      }
      comment = 0
    }
    $0 != "" && !/^\/\// { lines++ }
    END { print lines + 0 }
  ' "$@"
}

row() {
  printf '| %s |' "$1"
  for stack in parley mina netty vertx; do
    printf ' %s |' "$(count "$stack/$2"*.java)"
  done
  echo
}

echo '| lines for | Parley | stock MINA | Netty | Vert.x |'
echo '|---|---:|---:|---:|---:|'
row 'echo' Echo
row 'DNS over TCP, server and client' Dns
row 'RESP' Resp
