#!/bin/sh
# Creates a Maven project for a protocol of your own, from src/scaffold. See --help.
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
Creates a Maven project for a protocol of your own: a class that answers lines, a test, a conf file
and a README.md. The jar that it builds goes to plugins/.

  NAME        the protocol's name in conf: lower-case words joined by -, such as line-echo
  PACKAGE     the Java package of its class, such as com.example.echo
  DIR         the folder for the project: empty, or not yet existing
  -h, --help  print this text, and exit

Also installs Parley's jars in the local Maven repository, because the project is built with them.
Exit codes: 0 created, 2 usage, 70 failed.
END
}

# Rejects an argument: refuse NAME VALUE ALLOWED.
refuse() {
  die "$1: $2 (expected: $3)" 2
}

# Uses the C locale, so that a-z means 26 letters.
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

# Succeeds if Parley itself, or a jar in its plugins/, has a protocol of this name.
is_taken() {
  run_java attend ${archive:+"$archive"} -Dparley.home="$home" \
    -Dlog4j2.configurationFile="$home/conf/log4j2.xml" -cp "$jar" parley.cli.StartServer \
    --config /dev/null --check-config --set listeners.new.endpoint=tcp://127.0.0.1:0 \
    --set "listeners.new.protocol=$1" >/dev/null 2>&1
}

# Prints LineEchoProtocol for line-echo.
class_of() {
  echo "$1" | LC_ALL=C awk -F- '{
    for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2)
    print "Protocol"
  }'
}

# Prints the artifact of each of Parley's jars, each once: a,b,c
shipped() {
  names=
  for each in "${jar%/*}"/*.jar; do
    each=${each##*/}
    each=${each%-[0-9]*}
    case ,$names, in *",$each,"*) ;; *) names=$names${names:+,}$each ;; esac
  done
  echo "$names"
}

# Quotes a text for a shell.
quoted() {
  case $1 in
    *[!A-Za-z0-9/._-]*) echo "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/" ;;
    *) echo "$1" ;;
  esac
}

# Installs Parley and its proving kit in the local Maven repository, where the project's build finds
# them. Maven does not replace a jar by an identical one.
install_parley() {
  install=org.apache.maven.plugins:maven-install-plugin:3.2.0:install-file
  core=${jar%-cli.jar}.jar
  proving=${jar%-cli.jar}-proving.jar
  if ! command -v mvn >/dev/null; then
    install="-q -B $install"
    echo "mvn not found; run this before the first build: mvn $install -Dfile=$(quoted "$core") &&" \
      "mvn $install -Dfile=$(quoted "$proving") -Dclassifier=proving" >&2
    return
  fi
  unfinished=$(mktemp) || die "cannot create a temporary file"
  install_jar "$core"
  install_jar "$proving" -Dclassifier=proving
  rm -f "$unfinished"
  unfinished=
  echo "installed parley:parley:$parley_version in the local Maven repository"
}

# Runs Maven in /, a folder without a pom.xml.
install_jar() {
  file=$1
  shift
  run_maven attend / "$install" -Dfile="$file" "$@" </dev/null >"$unfinished" 2>&1 ||
    die "$(cat "$unfinished")
cannot install parley:parley:$parley_version in the local Maven repository"
}

fill() {
  sed -e "s/@NAME@/$name/g" -e "s/@PACKAGE@/$package/g" -e "s/@CLASS@/$class/g" \
    -e "s/@VERSION@/$parley_version/g" -e "s/@SHIPPED@/$shipped/g" "$templates/$1" >"$2"
}

# Removes an unfinished project.
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
  refuse NAME "$name" "lower-case words of letters and digits, joined by -, starting with a letter, such as line-echo"
case $name in
  include | null) refuse NAME "$name" "a name other than include and null, which conf files reserve" ;;
esac
is_package "$package" ||
  refuse PACKAGE "$package" "a Java package of letters, digits and _, such as com.example.echo"
if word=$(reserved_word "$package"); then
  refuse PACKAGE "$package" "a Java package; $word is a reserved word in Java"
fi
case $package in
  parley | parley.* | java | java.*)
    refuse PACKAGE "$package" "a package of your own, outside ${package%%.*}" ;;
esac
if [ -d "$dir" ]; then
  entries=$(ls -A "$dir") || exit 70
  [ -z "$entries" ] || refuse DIR "$dir" "a folder that is empty or does not exist yet"
elif [ -e "$dir" ] || [ -L "$dir" ]; then
  refuse DIR "$dir" "a folder, not a file"
elif [ ! -d "$(dirname "$dir")" ]; then
  refuse DIR "$dir" "a folder whose parent folder exists"
fi

prepare
if is_taken "$name"; then
  refuse NAME "$name" "a name that no protocol in Parley or its plugins/ has"
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
trap 'undo; [ -n "$signalled" ] || die "cannot create the project in $dir"' EXIT
make
trap - EXIT

dir=$(CDPATH='' cd -- "$dir" && pwd -P)
cat <<END
created $dir: $class, its test, $name.conf, README.md

  cd $(quoted "$dir")
  mvn verify
  cp target/plugins/*.jar $(quoted "$home/plugins/")
  $(quoted "$home/bin/start-server.sh") --config $name.conf
END
