#!/bin/sh
# Fails when clang-format would change a file.
set -eu
cd "$(dirname "$0")/.."
git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
echo "formatting: ok"
