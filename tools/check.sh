#!/usr/bin/env bash
# npm run check: everything that must hold before code goes in, one line a step. Prints what a failing step said; runs all
# steps, so that one pass shows all there is to mend. `npm run check -- types layers` runs only the named ones.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NODE_OPTIONS='--experimental-vm-modules --no-warnings'
export PATH="$PWD/node_modules/.bin:$PATH"

wanted=("$@")
failed=()
count=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() {
  local name=$1
  shift
  if ((${#wanted[@]})) && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
  local start=$SECONDS
  count=$((count + 1))
  if "$@" >"$log" 2>&1; then
    printf 'ok    %-8s %3ds\n' "$name" $((SECONDS - start))
  else
    printf 'FAIL  %-8s %3ds\n' "$name" $((SECONDS - start))
    grep -v '^PASS ' "$log" | sed 's/^/      /'
    failed+=("$name")
  fi
}

# What is derived must be there before anything that reads it.
step generate tsx -C sandkube-source tools/generate.ts
step format   prettier --check --log-level warn .
step lint     oxlint --type-aware --deny-warnings .
step types    tsc --noEmit -p tsconfig.json
step layers   depcruise --config .dependency-cruiser.mjs apps libs test tools
step dead     knip --no-progress
step tidy     jest --silent --selectProjects unit --testPathPatterns tools/tidy
step unit     jest --silent --selectProjects unit --testPathIgnorePatterns tools/tidy

if ((${#failed[@]})); then
  echo "check failed: ${failed[*]} (of $count steps)"
  exit 1
fi
echo "check passed: $count steps"
