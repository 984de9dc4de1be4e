#!/usr/bin/env bash
# Run before the tests: finds the programs that end-to-end tests drive, or installs them, or says what to install: kubectl,
# Python's Kubernetes client, Prometheus, OpenSSL.
# SANDKUBE_TEST_KUBECTL names another than the one on PATH. Versions beside it called kubectl.1.NN are driven too.
set -euo pipefail

describe() {
  local path=$1 sibling versions=()
  for sibling in "$(dirname "$(readlink -f "$path")")"/kubectl.1.[0-9]*; do
    if [[ -x $sibling ]]; then versions+=("${sibling##*kubectl.}"); fi
  done
  echo "kubectl: $path${versions[*]:+ (and ${versions[*]})}"
}

# Debian's package lists are asked for once, and only when something is missing.
updated=
update_lists() {
  if [[ -z $updated ]]; then apt-get update -qq >/dev/null 2>&1 || true; fi
  updated=yes
}

can_install() { command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; }

install_debian() {
  if ! can_install; then return 0; fi
  echo "installing $*"
  update_lists
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 || true
}

if ! /usr/bin/python3 -c 'import kubernetes' 2>/dev/null; then install_debian python3-kubernetes; fi
if ! /usr/bin/python3 -c 'import kubernetes' 2>/dev/null; then
  echo "The end-to-end tests drive Debian's Python client: apt-get install python3-kubernetes" >&2
  exit 1
fi

if ! command -v openssl >/dev/null; then install_debian openssl; fi
if ! command -v openssl >/dev/null; then
  echo 'The end-to-end tests make certificates as users do: apt-get install openssl' >&2
  exit 1
fi

# Unpacked, not installed: the package would start a server of its own. From Debian 13 whatever the machine runs, because
# Debian 12's is built without Kubernetes discovery; apt checks its signature as always.
cache=$PWD/node_modules/.cache/sandkube-tests
unpack_prometheus() {
  local lists=$cache/apt
  mkdir -p "$lists/sources" "$lists/lists/partial" "$lists/archives/partial"
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >"$lists/sources/debian.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$lists/none.list" -o Dir::Etc::sourceparts="$lists/sources"
    -o Dir::State::lists="$lists/lists" -o Dir::Cache="$lists")
  : >"$lists/none.list"
  "${apt[@]}" update && (cd "$lists" && "${apt[@]}" download prometheus && dpkg-deb -x prometheus_*.deb "$cache")
  rm -rf "$lists"
}
if [[ ! -x $cache/usr/bin/prometheus ]] && command -v apt-get >/dev/null; then
  echo 'unpacking prometheus'
  unpack_prometheus >/dev/null 2>&1 || true
fi
if [[ ! -x $cache/usr/bin/prometheus && -z ${SANDKUBE_TEST_PROMETHEUS:-} ]]; then
  echo 'The end-to-end tests drive Prometheus with Kubernetes discovery: name one by SANDKUBE_TEST_PROMETHEUS=/path/to/prometheus' >&2
  exit 1
fi

if [[ -n ${SANDKUBE_TEST_KUBECTL:-} ]]; then
  if [[ ! -x $SANDKUBE_TEST_KUBECTL ]]; then
    echo "SANDKUBE_TEST_KUBECTL=$SANDKUBE_TEST_KUBECTL is no program" >&2
    exit 1
  fi
  describe "$SANDKUBE_TEST_KUBECTL"
  exit 0
fi

if ! command -v kubectl >/dev/null; then install_debian kubernetes-client; fi

if ! command -v kubectl >/dev/null; then
  cat >&2 <<'HELP'
The end-to-end tests drive the server with kubectl, and there is none on PATH. Install one (any version from 1.27 on is
best), for example
    apt-get install kubernetes-client        Debian, Ubuntu
    brew install kubernetes-cli              macOS
or name one: SANDKUBE_TEST_KUBECTL=/path/to/kubectl npm test
HELP
  exit 1
fi
describe "$(command -v kubectl)"
