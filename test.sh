#!/bin/sh
# Everything that decides whether a change is sound. About ten minutes on two cores.
#   test.sh          all of it
#   test.sh quick    one build, its tests
set -eu
cd "$(dirname "$0")"
sh scripts/install-deps.sh test

step() {
    echo "== $*"
}

step "include directions, formatting"
sh scripts/check-includes.sh
sh scripts/check-format.sh

presets="release clang dev"
[ "${1:-}" = quick ] && presets=release
for preset in $presets; do
    step "$preset: build"
    cmake --preset "$preset" -DAPD_TESTS=ON >/dev/null
    cmake --build --preset "$preset"
    step "$preset: tests"
    ctest --preset "$preset" -j2
done

step "rules"
build/release/cmd/apdiag rules check rules
build/release/cmd/apdiag rules test rules | tail -n 1
