#!/bin/sh
# Makes a Maven project with a protocol of your own, from src/scaffold. See --help.
set -eu
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
# shellcheck source=bin/parley.sh
. "${self%/*}/parley.sh"

usage() {
  cat <<END
usage: new-protocol.sh NAME PACKAGE DIR
Makes a Maven project with a protocol of your own: a class that answers lines, a test that proves
it, a conf file, a README.md. Its jar goes to plugins/.

  NAME     what conf calls it: lower-case words, with - between them, such as line-echo
  PACKAGE  the Java package of its class, such as com.example.echo
  DIR      where to make it: a folder that is empty, or not there yet

Puts Parley's own jars into the local Maven repository, which the project is built from.
Exit codes: 0 made, 2 usage, 70 not made.
END
}

# What is wrong with an argument: its name, its value, what is allowed.
refuse() {
  die "$1: $2 (expected: $3)" 2
}

# In the C locale, so that a-z are 26 letters.
is_name() (
  LC_ALL=C
  case $1 in
    '' | [!a-z]* | *[!a-z0-9-]* | *- | *--*) return 1 ;;
  esac
)

is_package() (
  LC_ALL=C
  case $1 in
    '' | *[!A-Za-z0-9_.]* | .* | *. | *..*) return 1 ;;
  esac
  IFS=.
  for word in $1; do
    case $word in [0-9]*) return 1 ;; esac
  done
)

reserved="_ abstract assert boolean break byte case catch char class const continue default do \
double else enum extends false final finally float for goto if implements import instanceof int \
interface long native new null package private protected public return short static strictfp super \
switch synchronized this throw throws transient true try void volatile while"

reserved_word() {
  for word in $(echo "$1" | tr . ' '); do
    case " $reserved " in
      *" $word "*) echo "$word" && return ;;
    esac
  done
  return 1
}

# Whether Parley itself, or a jar of its plugins/, has a protocol of this name.
is_taken() {
  run_java attend ${archive:+"$archive"} -Dparley.home="$home" \
    -Dlog4j2.configurationFile="$home/conf/log4j2.xml" -cp "$jar" parley.cli.StartServer \
    --config /dev/null --check-config --set listeners.new.endpoint=tcp://127.0.0.1:0 \
    --set "listeners.new.protocol=$1" >/dev/null 2>&1
}

# LineEchoProtocol, of line-echo
class_of() {
  echo "$1" | LC_ALL=C awk -F- '{
    for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2)
    print "Protocol"
  }'
}

# The artifacts that Parley's jars are of, each once: a,b,c
shipped() {
  names=
  for each in "${jar%/*}"/*.jar; do
    each=${each##*/}
    each=${each%-[0-9]*}
    case ,$names, in *",$each,"*) ;; *) names=$names${names:+,}$each ;; esac
  done
  echo "$names"
}

# As a shell takes it.
quoted() {
  case $1 in
    *[!A-Za-z0-9/._-]*) echo "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/" ;;
    *) echo "$1" ;;
  esac
}

# The project is built from there, with Parley and its proving kit. Maven leaves a jar alone that is
# the same.
install_parley() {
  install=org.apache.maven.plugins:maven-install-plugin:3.2.0:install-file
  core=${jar%-cli.jar}.jar
  proving=${jar%-cli.jar}-proving.jar
  if ! command -v mvn >/dev/null; then
    install="-q -B $install"
    echo "mvn not found; before the first build: mvn $install -Dfile=$(quoted "$core") &&" \
      "mvn $install -Dfile=$(quoted "$proving") -Dclassifier=proving" >&2
    return
  fi
  unfinished=$(mktemp) || die "no file for temporary use can be made"
  install_jar "$core"
  install_jar "$proving" -Dclassifier=proving
  rm -f "$unfinished"
  unfinished=
  echo "parley:parley:$parley_version is in the local Maven repository"
}

# From a folder that has no pom.xml.
install_jar() {
  file=$1
  shift
  run_maven / "$install" -Dfile="$file" "$@" </dev/null >"$unfinished" 2>&1 ||
    die "$(cat "$unfinished")
parley:parley:$parley_version was not put into the local Maven repository"
}

fill() {
  sed -e "s/@NAME@/$name/g" -e "s/@PACKAGE@/$package/g" -e "s/@CLASS@/$class/g" \
    -e "s/@VERSION@/$parley_version/g" -e "s/@SHIPPED@/$shipped/g" "$templates/$1" >"$2"
}

# Leaves nothing half-made.
undo() {
  rm -rf "$dir/pom.xml" "$dir/README.md" "$dir/.gitignore" "$dir/$name.conf" "$dir/src"
  [ -z "$made" ] || rmdir "$dir"
}

make() {
  sources=$(echo "$package" | tr . /)
  services=$dir/src/main/resources/META-INF/services
  mkdir -p "$dir/src/main/java/$sources" "$dir/src/test/java/$sources" "$services"
  fill pom.xml "$dir/pom.xml"
  fill README.md "$dir/README.md"
  fill gitignore "$dir/.gitignore"
  fill protocol.conf "$dir/$name.conf"
  fill services "$services/parley.protocol.Protocol"
  fill Protocol.java "$dir/src/main/java/$sources/$class.java"
  fill ProtocolTest.java "$dir/src/test/java/$sources/${class}Test.java"
}

case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
esac
if [ $# -ne 3 ]; then
  usage >&2
  exit 2
fi
name=$1
package=$2
dir=$3
case $dir in -*) dir=./$dir ;; esac

is_name "$name" ||
  refuse NAME "$name" "lower-case words of letters and digits, - between them, a letter first, such as line-echo"
case $name in
  include | null) refuse NAME "$name" "a name that is no word of conf files" ;;
esac
is_package "$package" ||
  refuse PACKAGE "$package" "a Java package of letters, digits and _, such as com.example.echo"
if word=$(reserved_word "$package"); then
  refuse PACKAGE "$package" "a Java package; $word is a reserved word of Java"
fi
case $package in
  parley | parley.* | java | java.*)
    refuse PACKAGE "$package" "a package of your own; ${package%%.*} and what is below it are not" ;;
esac
if [ -d "$dir" ]; then
  entries=$(ls -A "$dir") || exit 70
  [ -z "$entries" ] || refuse DIR "$dir" "a folder that is empty, or not there yet"
elif [ -e "$dir" ] || [ -L "$dir" ]; then
  refuse DIR "$dir" "a folder, not a file"
elif [ ! -d "$(dirname "$dir")" ]; then
  refuse DIR "$dir" "a folder to make in one that is there"
fi

prepare
if is_taken "$name"; then
  refuse NAME "$name" "a name that no protocol has yet, in Parley or in its plugins/"
fi
templates=$home/src/scaffold
[ -d "$templates" ] || templates=$home/scaffold
class=$(class_of "$name")
shipped=$(shipped)
parley_version=${jar##*/parley-}
parley_version=${parley_version%-cli.jar}
install_parley

made=
if [ ! -d "$dir" ]; then
  mkdir "$dir" || exit 70
  made=yes
fi
trap 'undo; [ -n "$signalled" ] || die "$dir: not made"' EXIT
make
trap - EXIT

dir=$(CDPATH='' cd -- "$dir" && pwd -P)
cat <<END
made $dir: $class, its test, $name.conf, README.md

  cd $(quoted "$dir")
  mvn verify
  cp target/plugins/*.jar $(quoted "$home/plugins/")
  $(quoted "$home/bin/start-server.sh") --config $name.conf
END
