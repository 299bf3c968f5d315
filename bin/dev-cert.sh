#!/bin/sh
# Makes a throwaway CA, and certificates of a server and a client, to try TLS out. See --help.
set -eu

usage="usage: dev-cert.sh [--days N] FOLDER [HOST]...
Makes a CA, and certificates that it signs of a server (for each HOST: localhost, 127.0.0.1 and ::1
by default) and of a client: FOLDER/{ca,server,client}.{pem,key}. For development: the keys have no
password, and anyone who has ca.key can make more. Files that are there are not overwritten.

      --days N   how long they are valid, 1 to 99999 days; 30 by default
      --help

Exit codes: 0 made, 2 usage, 70 openssl is missing or failed, 73 a file is there or cannot be made."

refuse() {
  echo "$1" >&2
  exit "$2"
}

days=30
case ${1:-} in
  --help)
    echo "$usage"
    exit 0
    ;;
  --days)
    days=${2:-}
    case $days in
      '' | *[!0-9]* | 0* | ??????*) refuse "--days $days (expected: days, 1 to 99999)" 2 ;;
    esac
    shift 2
    ;;
esac
[ $# -ge 1 ] || refuse "FOLDER is missing (see dev-cert.sh --help)" 2
folder=$1
shift
case $folder in -*) refuse "no such option: $folder (see dev-cert.sh --help)" 2 ;; esac
[ $# -gt 0 ] || set -- localhost 127.0.0.1 ::1
names=
is_ipv4() (
  IFS=.
  # shellcheck disable=SC2086 # split at the dots
  set -- $1
  [ $# -eq 4 ] || return 1
  for part in "$@"; do
    case $part in '' | *[!0-9]* | ????*) return 1 ;; esac
    [ "$part" -le 255 ] || return 1
  done
)

for host in "$@"; do
  case $host in
    -*) refuse "option behind FOLDER: $host (expected: options first, see dev-cert.sh --help)" 2 ;;
    *[!A-Za-z0-9:.*-]* | '') refuse "HOST: \"$host\" (expected: a name or an address)" 2 ;;
    *:*) names="$names,IP:$host" ;;
    *[!0-9.]*) names="$names,DNS:$host" ;;
    *)
      is_ipv4 "$host" || refuse "HOST: $host (expected: an address such as 127.0.0.1, or a name)" 2
      names="$names,IP:$host"
      ;;
  esac
done
command -v openssl >/dev/null || refuse "openssl not found (expected: OpenSSL 1.1.1 or later)" 70
mkdir -p "$folder" 2>/dev/null || refuse "cannot make $folder" 73
for each in ca server client; do
  for kind in pem key; do
    [ ! -e "$folder/$each.$kind" ] || refuse "$folder/$each.$kind is there already" 73
  done
done

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A key and a request, NAME SUBJECT EXTENSIONS, that the CA signs; without one it signs itself.
make() {
  printf '%s\n' "$3" >"$work/extensions"
  {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "$2" -out "$work/request"
    if [ "$1" = ca ]; then
      set -- "$1" -signkey "$work/ca.key"
    else
      set -- "$1" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial
    fi
    name=$1
    shift
    openssl x509 -req -in "$work/request" -days "$days" -extfile "$work/extensions" "$@" \
      -out "$work/$name.pem"
  } >"$work/said" 2>&1 || {
    cat "$work/said" >&2
    refuse "openssl failed" 70
  }
}

make ca "/CN=Parley throwaway CA" "basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign"
make server "/CN=Parley server" "subjectAltName=${names#,}
extendedKeyUsage=serverAuth"
make client "/CN=Parley client" "extendedKeyUsage=clientAuth"

for each in ca server client; do
  cp "$work/$each.pem" "$work/$each.key" "$folder" || refuse "cannot write $folder" 73
  chmod 644 "$folder/$each.pem"
done
echo "$folder: ca, server ($*) and client, valid for $days days"
