#!/usr/bin/env bash
# Installs the Debian parts that tests use to check results with tools that are not ours.
# Safe to repeat: installs only what is missing. Needs root or sudo only then.
set -euo pipefail

# command:package
parts=(
  xmlsec1:xmlsec1        # verifies our XML signatures
  openssl:openssl        # verifies certificates, OCSP answers, timestamps
  unzip:unzip            # opens our containers
  xmllint:libxml2-utils  # validates and canonicalises
  nginx:nginx            # the second baseline of npm run bench
  chromium:chromium      # shows our pages as people see them
  initdb:postgresql      # the second store; tests start a cluster of their own
  /usr/bin/go:golang-go  # runs the verifier of receipts; Debian's own, whose standard library is compiled
  /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog:golang-golang-x-mod-dev  # that verifier: signed notes and Merkle proofs
)

PATH="$PATH:/usr/sbin:/sbin"
# Debian keeps the programs of a PostgreSQL server out of the path.
# A path may also be that of something that is no program.
is_here() {
  [[ "$1" == /* && -e "$1" ]] || command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}
missing=()
for part in "${parts[@]}"; do
  is_here "${part%%:*}" || missing+=("${part#*:}")
done

if [ ${#missing[@]} -eq 0 ]; then
  echo 'setup:system: everything is here already'
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "setup:system: this script knows apt only; install these by hand: ${missing[*]}" >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup:system: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# RUNLEVEL=1: nginx is run by the bench itself with a configuration of its own; its service is not to be started.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300 -qq "$@"
}

echo "setup:system: installing ${missing[*]}"
# The server comes without a cluster, so there is nothing that its service could run.
if [[ " ${missing[*]} " == *' postgresql '* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# On a fresh machine another apt may be at work; the lock of the lists is not waited for by apt itself.
for _ in 1 2 3 4 5 6; do
  apt update && break
  echo 'setup:system: package lists not updated, trying again in 10 s' >&2
  sleep 10
done
apt install --no-install-recommends --yes "${missing[@]}" >/dev/null
for part in "${parts[@]}"; do
  is_here "${part%%:*}" || { echo "setup:system: ${part%%:*} is still missing" >&2; exit 1; }
done
echo 'setup:system: done'
