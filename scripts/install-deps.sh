#!/bin/sh
# Installs what a fresh Debian 12 needs. `build` is enough to build and run apdiag; `test` adds compilers, checkers
# and the other readers that the tests compare with.
set -eu
build="gcc libc6-dev cmake ninja-build pkg-config libdeflate-dev libarchive-dev libpcre2-dev libyaml-dev libjansson-dev libxml2-dev"
tests="clang clang-format clang-tidy libclang-rt-14-dev libcmocka-dev zlib1g-dev git python3 python3-jsonschema python3-evtx
       libevtx-utils gcab cabextract libarchive-tools p7zip-full zip unzip valgrind"
case "${1:-build}" in
build) packages=$build ;;
test) packages="$build $tests" ;;
*) echo "usage: install-deps.sh [build|test]" >&2; exit 2 ;;
esac

missing=
for p in $packages; do
    dpkg -s "$p" >/dev/null 2>&1 || missing="$missing $p"
done
[ -z "$missing" ] && exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q
# shellcheck disable=SC2086
$sudo apt-get install -y -q --no-install-recommends $missing
