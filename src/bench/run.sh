# shellcheck shell=sh disable=SC2154
# Sourced by bin/bench.sh, bin/faults.sh and bin/soak.sh, which set "self" to their own path and
# "main" to a class: builds Parley and the bench if needed, and runs the class.
prepare

bench=$home/src/bench
[ -f "$bench/pom.xml" ] || die "$bench/pom.xml not found (expected: a clone of Parley)"

is_bench_built() {
  [ -f "$bench/target/.built" ] &&
    [ -z "$(find "$bench/pom.xml" "$bench/java" "$bench/test" "$jar" -newer "$bench/target/.built")" ]
}

if ! is_bench_built; then
  command -v mvn >/dev/null || die "mvn not found (expected: Maven, to build the bench)"
  lock "$bench/target/.build-lock"
  if ! is_bench_built; then
    echo "building the bench ..." >&2
    rm -rf "$bench/target/classes" "$bench/target/lib" # no jar of an earlier version beside its next
    run_maven "$bench" package </dev/null >&2 ||
      die "the bench was not built"
    touch "$bench/target/.built"
  fi
  unlock
fi

run_java become -Dbench.home="$home" \
  -cp "$bench/target/classes:$bench/target/lib/*" "$main" "$@"
