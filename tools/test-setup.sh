#!/usr/bin/env bash
# Run before the tests: finds the kubectl that end-to-end tests drive, or installs one, or says what to install.
# SANDKUBE_TEST_KUBECTL names another than the one on PATH. Versions beside it called kubectl.1.NN are driven too.
set -euo pipefail

describe() {
  local path=$1 sibling versions=()
  for sibling in "$(dirname "$(readlink -f "$path")")"/kubectl.1.[0-9]*; do
    if [[ -x $sibling ]]; then versions+=("${sibling##*kubectl.}"); fi
  done
  echo "kubectl: $path${versions[*]:+ (and ${versions[*]})}"
}

if [[ -n ${SANDKUBE_TEST_KUBECTL:-} ]]; then
  if [[ ! -x $SANDKUBE_TEST_KUBECTL ]]; then
    echo "SANDKUBE_TEST_KUBECTL=$SANDKUBE_TEST_KUBECTL is no program" >&2
    exit 1
  fi
  describe "$SANDKUBE_TEST_KUBECTL"
  exit 0
fi

if ! command -v kubectl >/dev/null && command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
  echo 'no kubectl on PATH: installing kubernetes-client'
  apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq kubernetes-client >/dev/null 2>&1 || true
fi

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
