# shellcheck shell=sh disable=SC2034,SC2154
# Sourced by the commands, which set "self" to their own path. Sets "home", where Parley is, and
# reads conf/setenv.sh. "prepare" finds Java, builds a clone when its sources are newer than what
# was built, and sets:
#   java     the java command
#   jar      Parley's jar, whose manifest names the others
#   archive  the JVM option for the class-data archive, or nothing
#   native   the JVM option that lets the prompt call the terminal, or nothing
#   crash    the file for Java's report of a crash
# and makes the locale one of UTF-8.

die() {
  echo "$1" >&2
  exit "${2:-70}"
}

# The pid in a file, if that process is a Parley server that runs.
running_pid() {
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  if [ -r "/proc/$pid/cmdline" ]; then
    tr '\0' ' ' <"/proc/$pid/cmdline"
  else
    ps -p "$pid" -o args=
  fi | grep -q 'parley[.]cli[.]StartServer' && echo "$pid"
}

# Sets "reports", where Java's reports of a crash go: the run folder, or the folder for temporary
# files if there is no run folder to write to; never the working folder. Sets "crash", the report's
# name as Java takes it, with %p for the pid.
find_reports() {
  reports=${PARLEY_RUN:-$home/run}
  if [ -d "$reports" ] && [ -w "$reports" ]; then
    reports=$(CDPATH='' cd -- "$reports" && pwd -P)
    crash=$reports/crash
  else
    reports=${TMPDIR:-/tmp}
    crash=$reports/parley-crash
  fi
  case $crash in
    *%*) crash=$(printf %s "$crash" | sed 's/%/%%/g') ;;
  esac
  crash=$crash-%p.log
}

# Whether the locale's charset is UTF-8, or its name says so where there is no command to ask. The
# command complains of a locale that is not installed; Java would be in the C locale then.
is_utf8() {
  charset=${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}
  charset=${charset##*.}
  if command -v locale >/dev/null; then
    charset=$(locale charmap 2>&1) || true
  fi
  case $charset in
    [Uu][Tt][Ff]8* | [Uu][Tt][Ff]-8*) ;;
    *) return 1 ;;
  esac
}

# Changes LC_CTYPE alone: what LC_ALL says of the other categories is said by LANG.
set_ctype() {
  if [ -n "${LC_ALL:-}" ]; then
    LANG=$LC_ALL
    unset LC_ALL LC_COLLATE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME
    export LANG
  fi
  LC_CTYPE=$1
  export LC_CTYPE
}

# Changes all: some locale that is set is not installed, and counts for nothing.
set_all() {
  LC_ALL=$1
  export LC_ALL
}

# Java reads arguments, variables and the names of files in the locale's charset, and Parley's are
# UTF-8. Where the charset is another one, as in the C locale, a locale is set that has it.
use_utf8() {
  if is_utf8; then
    return
  fi
  language=${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}
  language=${language%%[.@]*}
  for set in set_ctype set_all; do
    for each in C.UTF-8 "$language.UTF-8" en_US.UTF-8; do
      if (
        "$set" "$each"
        is_utf8
      ) 2>/dev/null; then
        "$set" "$each"
        return
      fi
    done
  done
}

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || die "JAVA_HOME is $JAVA_HOME: no bin/java there (expected: a JDK, 17 or later)"
    java_home=$JAVA_HOME
  else
    java=$(command -v java) || die "java not found (expected: a JDK, 17 or later)"
    java_home=$(readlink -f "$java" 2>/dev/null) || java_home=$java
    java_home=${java_home%/bin/java}
  fi
  version=
  vendor=
  if [ -r "$java_home/release" ]; then
    while IFS='="' read -r key _ value _; do
      case $key in
        JAVA_VERSION) version=$value ;;
        IMPLEMENTOR) vendor=$value ;;
      esac
    done <"$java_home/release"
  fi
  case $vendor in
    *[!A-Za-z0-9._-]*) vendor=$(printf %s "$vendor" | tr -c 'A-Za-z0-9._-' _) ;;
  esac
  major=${version%%[!0-9]*}
  if [ -n "$major" ] && [ "$major" -lt 17 ]; then
    die "$java is Java $version (expected: 17 or later)"
  fi
  use_utf8
  native=
  if [ -n "$major" ] && [ "$major" -ge 22 ]; then
    native=--enable-native-access=ALL-UNNAMED
  fi
}

find_jar() {
  jar=
  for each in "$1"/parley-[0-9]*.jar; do
    if [ -f "$each" ]; then
      jar=$each
    fi
  done
  [ -n "$jar" ]
}

is_built() {
  find_jar "$home/target/lib" && [ -f "$home/target/lib/.built" ] &&
    [ -z "$(find "$home/pom.xml" "$home/src/main" -newer "$home/target/lib/.built")" ]
}

# Takes a lock: a symbolic link that names its owner's pid. Waits while the owner lives.
lock() {
  mkdir -p "${1%/*}" 2>/dev/null || true
  [ -w "${1%/*}" ] || die "cannot write ${1%/*}"
  told=
  failures=0
  until ln -s "$$" "$1" 2>/dev/null; do
    if ! owner=$(readlink "$1"); then
      failures=$((failures + 1)) # gone again just now, or it cannot be made
      [ "$failures" -lt 9 ] || die "cannot make $1"
    elif ! kill -0 "$owner" 2>/dev/null && [ ! -d "/proc/$owner" ]; then
      remove_stale "$1" "$owner"
    else
      [ -n "$told" ] || echo "waiting for process $owner ($1) ..." >&2
      told=yes
      sleep 1
    fi
  done
  locked=$1
  trap unlock_own EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Two may find the same dead owner: only one at a time may remove its lock, and only that one.
remove_stale() {
  if mkdir "$1.stale" 2>/dev/null; then
    if [ "$(readlink "$1")" = "$2" ]; then
      rm -f "$1"
    fi
    rmdir "$1.stale"
  else
    sleep 1
  fi
}

unlock_own() {
  if [ "$(readlink "$locked")" = "$$" ]; then
    rm -f "$locked"
  fi
}

unlock() {
  unlock_own
  trap - EXIT INT TERM HUP
}

# Only one of several commands builds; the others wait for it.
build() {
  command -v mvn >/dev/null || die "mvn not found (expected: Maven, to build Parley)"
  lock "$home/target/.building"
  if ! is_built; then
    echo "building parley ..." >&2
    # From its own folder: Maven takes .mvn/jvm.config from there.
    (cd "$home" && mvn -q -B -Dstyle.color=never -Pquick package) </dev/null >&2 ||
      die "parley was not built"
  fi
  unlock
}

# Each JDK has an archive of its own, made here, once: an empty file where that fails. The build
# removes all and calls this for its own JDK. Java itself checks
# that it fits, and else ignores it.
find_archive() {
  archive=
  [ -n "$version" ] || return 0
  file="$cds/parley-$version-$vendor.jsa"
  if [ ! -f "$file" ]; then
    mkdir -p "$cds" 2>/dev/null && [ -w "$cds" ] || return 0
    "$java" -Xlog:disable -XX:ErrorFile="$crash" -XX:ArchiveClassesAtExit="$file.$$" -Dparley.home="$home" \
      -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
      -cp "$jar" parley.cli.Rehearsal </dev/null >/dev/null 2>&1 || true
    mv "$file.$$" "$file" 2>/dev/null || (: >"$file") 2>/dev/null || return 0
  fi
  if [ -s "$file" ]; then
    archive=-XX:SharedArchiveFile=$file
  fi
}

prepare() {
  find_java
  find_reports
  if [ -f "$home/pom.xml" ]; then
    cds=$home/target/cds
    is_built || build
    find_jar "$home/target/lib" || die "no jar in $home/target/lib"
  else
    cds=$home/cds
    find_jar "$home/lib" || die "no jar in $home/lib"
  fi
  find_archive
}

home=$(CDPATH='' cd -- "${self%/*}/.." && pwd -P)
if [ -f "$home/conf/setenv.sh" ]; then
  # shellcheck source=/dev/null
  . "$home/conf/setenv.sh"
fi
