#!/bin/sh
# Makes a throwaway CA, with a server's and a client's certificate, to try TLS out. See --help.
set -eu

usage="usage: dev-cert.sh [--days N] FOLDER [HOST]...
Makes a CA, and signs with it a certificate for a server and one for a client, in
FOLDER/{ca,server,client}.{pem,key}. The server's certificate is for each HOST; the default is
localhost, 127.0.0.1 and ::1. For development only: the keys have no password, and anyone with
ca.key can sign more certificates. Existing files are not overwritten.

      --days N   how long the certificates are valid, 1 to 99999 days (default: 30)
  -h, --help     print this text, and exit

Exit codes: 0 made, 2 usage, 70 openssl is missing or failed, 73 a file exists or cannot be written."

refuse() {
  echo "$1" >&2
  exit "$2"
}

days=30
case ${1:-} in
  -h | --help)
    echo "$usage"
    exit 0
    ;;
  --days)
    days=${2:-}
    case $days in
      '' | *[!0-9]* | 0* | ??????*) refuse "--days $days (expected: 1 to 99999)" 2 ;;
    esac
    shift 2
    ;;
esac
[ $# -ge 1 ] || refuse "FOLDER is missing (see dev-cert.sh --help)" 2
folder=$1
shift
case $folder in -*) refuse "unknown option: $folder (see dev-cert.sh --help)" 2 ;; esac
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
    -*) refuse "option after FOLDER: $host (expected: options first; see dev-cert.sh --help)" 2 ;;
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
    [ ! -e "$folder/$each.$kind" ] || refuse "$folder/$each.$kind already exists" 73
  done
done

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Makes a key and a certificate: make NAME SUBJECT EXTENSIONS. The CA signs itself, then the others.
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
  } >"$work/output" 2>&1 || {
    cat "$work/output" >&2
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
