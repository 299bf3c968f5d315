# shellcheck shell=sh disable=SC2154
# Sourced by bin/bench.sh, bin/faults.sh, bin/soak.sh and jmh.sh, which set "self" to a script in bin/
# and "main" to a class: builds Parley and the class's project if needed, and runs the class. The scripts
# in bin/ also define "usage", which prints their help; jmh.sh leaves -h to JMH.
case $main in
  bench.*)
    part=src/bench
    for each in "$@"; do
      case $each in
        -h | --help)
          usage
          exit
          ;;
      esac
    done
    ;;
  *) part=src/bench/jmh ;;
esac
prepare
bench=$home/$part
[ -f "$bench/pom.xml" ] || die "$bench/pom.xml not found (expected: a clone of Parley)"

is_bench_built() {
  [ -f "$bench/target/.built" ] &&
    [ -z "$(find "$bench/pom.xml" "$bench"/*/bench "$jar" -newer "$bench/target/.built")" ]
}

if ! is_bench_built; then
  command -v mvn >/dev/null || die "mvn not found (expected: Maven, to build $part)"
  lock "$bench/target/.build-lock"
  if ! is_bench_built; then
    rm -rf "$bench/target/classes" "$bench/target/lib" # no jar of an earlier version beside its next
    build_project "$part" "$bench" "$bench/java" 100 package ||
      die "cannot build $part: see the lines above"
    touch "$bench/target/.built"
  fi
  unlock
fi

terminal=false
[ ! -t 2 ] || terminal=true
run_java become -Dbench.home="$home" -Dbench.terminal="$terminal" \
  -cp "$bench/target/classes:$bench/target/lib/*" "$main" "$@"
