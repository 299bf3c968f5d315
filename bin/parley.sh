# shellcheck shell=sh disable=SC2034,SC2154
# The commands source this file after they set "self" to their own path. It sets "home", the folder of
# Parley, and reads conf/setenv.sh. "prepare" finds Java, builds a clone whose sources are newer than
# its jars, and sets:
#   java     the java command
#   jar      the jar of the commands, whose manifest names all others
#   archive  the JVM option for the class-data archive, or nothing
#   native   the JVM option that lets the prompt call the terminal, or nothing
# "prepare" also switches to a UTF-8 locale. "run_java" runs Java.

die() {
  echo "$1" >&2
  exit "${2:-70}"
}

# A signal ends the script and the child that it waits for. No unfinished file remains.
signalled=  # the exit code for the signal that was received
attending=  # set while there is a child, or one is about to start
child=      # its pid
unfinished= # a file to remove if the script ends now
on_signal() {
  signalled=$1
  [ -n "$attending" ] || exit "$1"
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
}
trap 'on_signal 129' HUP
trap 'on_signal 130' INT
trap 'on_signal 143' TERM
trap '[ -z "$unfinished" ] || rm -f "$unfinished"' EXIT

# Runs a command as the child, in the background: a shell handles no signal while a command runs in
# the foreground.
start_child() {
  attending=yes
  child=
  "$@" &
  child=$!
}

# Waits until the child has ended, and sets "code" to its exit code.
await_child() {
  [ -z "$signalled" ] || kill -TERM "$child" 2>/dev/null || true
  code=0
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do # a signal ended the wait, not the child
    code=0
    wait "$child" || code=$?
  done
  attending=
}

# Runs a command to its end; a signal ends both.
attend() {
  start_child "$@"
  await_child
  [ -z "$signalled" ] || exit "$signalled"
  return "$code"
}

in_folder() {
  cd "$1" || exit 70
  shift
  exec "$@"
}

# Replaces this script by a command. As process 1 the script runs the command as a child instead: the
# kernel drops each signal that process 1 does not handle, and Java handles none while it starts.
become() {
  if [ $$ -ne 1 ]; then
    exec "$@"
  fi
  exec 3<&0 # a child in the background would have no standard input
  trap 'kill -QUIT "$child" 2>/dev/null || true' QUIT
  start_child with_input "$@"
  await_child
  exit "$code"
}

with_input() {
  exec "$@" <&3 3<&-
}

# Prints when a process started, as the kernel reports it; nothing if the process has ended.
started_at() {
  if [ -r /proc/self/stat ]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    # shellcheck disable=SC2086 # fields are words; the second one, a name in (), may have spaces
    set -- ${stat##*) }
    case ${1:-Z} in Z | X) ;; *) echo "${20}" ;; esac
  else
    LC_ALL=C TZ=UTC ps -p "$1" -o lstart= 2>/dev/null || true
  fi
}

# Succeeds if a server that was started in a run folder, from this installation, is still running. Sets
#   pid, started  its process
#   listening     the lines of its listeners, once it serves
#   why           the other server that the file names, if there is one
find_server() {
  pid='' started='' listening='' why='' of_run='' of_home=''
  if [ -d "$1" ] && [ ! -x "$1" ]; then
    die "cannot read $1" 77
  fi
  folder=$(CDPATH='' cd -- "$1" 2>/dev/null && pwd -P) && [ -f "$folder/server.lock" ] || return 1
  [ -r "$folder/server.lock" ] || die "cannot read $folder/server.lock" 77
  lines=
  while IFS= read -r line; do
    case $line in
      pid=*) pid=${line#*=} ;;
      started=*) started=${line#*=} ;;
      run=*) of_run=${line#*=} ;;
      home=*) of_home=${line#*=} ;;
      listening*) lines=$lines$line$newline ;;
      serving) listening=${lines%"$newline"} ;;
    esac
  done <"$folder/server.lock"
  if [ -z "$started" ] || [ "$(started_at "$pid")" != "$started" ]; then
    return 1
  fi
  if [ "$of_run" != "$folder" ] || [ "$of_home" != "$home" ]; then
    why=" names a server from $of_home in $of_run"
    return 1
  fi
}
newline='
'

# Sets "reports", the folder for Java's crash reports: the run folder, or the folder for temporary
# files if there is no writable run folder; never the working folder. Sets "crash" and "replay", the
# names of the two reports in Java's notation, with %p for the pid.
find_reports() {
  reports=${PARLEY_RUN:-$home/run}
  if [ -d "$reports" ] && [ -w "$reports" ] && [ -x "$reports" ]; then
    reports=$(CDPATH='' cd -- "$reports" && pwd -P)
    crash=$reports/crash
  else
    reports=${TMPDIR:-/tmp}
    crash=$reports/parley-crash
  fi
  case $crash in
    *%*) crash=$(printf %s "$crash" | sed 's/%/%%/g') ;;
  esac
  replay=$crash-replay-%p.log
  crash=$crash-%p.log
}

# Runs Java with "become", "exec" or "attend". Its crash reports go to the folder for them.
run_java() {
  by=$1
  shift
  "$by" "$java" -Xlog:disable -XX:ErrorFile="$crash" -XX:ReplayDataFile="$replay" "$@"
}

# Runs Maven with "attend" or "start_child" in a folder. Maven splits the options of its JVM at spaces.
# Its terminal library writes a colour reset when it ends, also to a file; -Djansi.noreset=true turns
# that off.
run_maven() {
  by=$1
  folder=$2
  shift 2
  case $crash in
    *[[:space:]]*) reports_of_maven=/tmp/parley-crash ;;
    *) reports_of_maven=${crash%-%p.log} ;;
  esac
  opts="${MAVEN_OPTS:-} -Djansi.noreset=true -XX:ErrorFile=$reports_of_maven-%p.log"
  opts="$opts -XX:ReplayDataFile=$reports_of_maven-replay-%p.log"
  "$by" in_folder "$folder" env MAVEN_OPTS="$opts" mvn -q -B -Dstyle.color=never "$@"
}

# Builds a project with Maven: build_project TITLE FOLDER SOURCES REST ARGUMENTS... On a terminal, a line
# on standard error has the time left, and Maven's own lines follow at the end. REST is the time that
# the build takes after compiling, in percent of the time for compiling.
build_project() {
  title=$1
  project=$2
  sources=$3
  rest=$4
  shift 4
  if [ ! -t 2 ]; then
    echo "building $title ..." >&2
    run_maven attend "$project" "$@" </dev/null >&2
    return
  fi
  unfinished=$project/target/.build-output # beside the lock
  all=$(find "$sources" -name '*.java' ! -name package-info.java | wc -l)
  began=$(date +%s)
  last=0
  end=0
  run_maven start_child "$project" "$@" </dev/null >"$unfinished" 2>&1
  while kill -0 "$child" 2>/dev/null; do
    estimate_end
    left=
    [ "$end" -le "$now" ] || left=", about $((end - now)) s left"
    printf '\r%-60s' "building $title: $((now - began)) s$left" >&2
    sleep 0.5
  done
  await_child
  printf '\r%60s\r' '' >&2
  cat "$unfinished" >&2
  rm -f "$unfinished"
  unfinished=
  [ -z "$signalled" ] || exit "$signalled"
  return "$code"
}

# Sets "now", and "end" once the pace is known: the source files compiled per second, since the first
# ones.
estimate_end() {
  now=$(date +%s)
  compiled=$(($(find "$project/target/classes" -name '*.class' ! -name '*$*' ! -name package-info.class \
    -newer "$project/target/.build-lock" 2>/dev/null | wc -l)))
  if [ "$last" -eq 0 ]; then
    since=$now
    first=$compiled
  elif [ "$compiled" -gt "$last" ]; then
    end=$((now + (now - since) * (all + all * rest / 100 - compiled) / (compiled - first)))
  fi
  last=$compiled
}

# Succeeds if the locale's charset is UTF-8. Without the command "locale", the locale's name decides.
# The command complains about a locale that is not installed; Java would then use the C locale.
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

# Changes only LC_CTYPE. LANG takes over the value of LC_ALL for the other categories.
set_ctype() {
  if [ -n "${LC_ALL:-}" ]; then
    LANG=$LC_ALL
    unset LC_ALL LC_COLLATE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME
    export LANG
  fi
  LC_CTYPE=$1
  export LC_CTYPE
}

# Changes all categories. Needed if one of the locales that are set is not installed.
set_all() {
  LC_ALL=$1
  export LC_ALL
}

# Java reads arguments, variables and file names in the locale's charset. Parley needs UTF-8, so this
# switches to a UTF-8 locale if the current one, such as the C locale, has another charset.
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
    [ -x "$java" ] || die "JAVA_HOME: $JAVA_HOME has no bin/java (expected: a JDK, 17 or later)"
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
  for each in "$1"/parley-[0-9]*-cli.jar; do
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

# Locks a file, and waits while another script holds the lock. The kernel releases it when this script
# and its children have ended.
lock() {
  mkdir -p "${1%/*}" 2>/dev/null || true
  [ -w "${1%/*}" ] || die "cannot write ${1%/*}"
  exec 9>"$1"
  if ! try_lock n; then
    echo "waiting for another build ($1) ..." >&2
    try_lock '' || die "cannot lock $1"
  fi
}

try_lock() {
  if command -v flock >/dev/null; then
    attend flock ${1:+-n} 9
  elif command -v perl >/dev/null; then
    # shellcheck disable=SC2016 # a variable of perl
    attend perl -e 'open(FILE, ">&=9") && flock(FILE, $ARGV[0] ? 6 : 2) or exit 1' "$1"
  else
    die "flock not found (expected: flock of util-linux, or perl, to build Parley)"
  fi
}

unlock() {
  exec 9>&-
}

# Builds Parley. If several commands start at once, one builds and the others wait for it.
build() {
  command -v mvn >/dev/null || die "mvn not found (expected: Maven, to build Parley)"
  lock "$home/target/.build-lock"
  if ! is_built; then
    # Maven reads .mvn/jvm.config from the folder that it runs in.
    build_project parley "$home" "$home/src/main/java" 20 -Pquick package ||
      die "cannot build parley: see the lines above"
  fi
  unlock
}

# Sets "archive". Each JDK has a class-data archive of its own, which is made here once; if that fails,
# an empty file takes its place. The build removes all archives and makes the one of its own JDK. Java
# checks whether an archive fits, and otherwise ignores it.
find_archive() {
  archive=
  [ -n "$version" ] || return 0
  file="$cds/parley-$version-$vendor.jsa"
  if [ ! -f "$file" ]; then
    mkdir -p "$cds" 2>/dev/null && [ -w "$cds" ] || return 0
    find "$cds" -name '*.jsa.*' -mmin +10 -exec rm -f {} + 2>/dev/null || true # of killed scripts
    unfinished=$file.$$
    if run_java attend \
      -XX:ArchiveClassesAtExit="$unfinished" -Dparley.home="$home" \
      -Dlog4j2.configurationFile="$home/conf/log4j2.xml" \
      -cp "$jar" parley.cli.Rehearsal </dev/null >/dev/null 2>&1; then
      mv "$unfinished" "$file" 2>/dev/null || true
    fi
    rm -f "$unfinished"
    unfinished=
    [ -f "$file" ] || (: >"$file") 2>/dev/null || return 0
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
