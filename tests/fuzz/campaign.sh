#!/bin/sh
# Fuzzes every target for SECONDS each (default 60), starting from testdata/fuzz/. New inputs go to
# build/fuzz/corpus/<target>, crashes to build/fuzz/crashes/. Exit 1 on the first finding.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
only=${2:-}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
mkdir -p build/fuzz/crashes
for program in build/fuzz/tests/fuzz/fuzz_*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    name=$(basename "$program" | sed 's/^fuzz_//')
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    corpus=build/fuzz/corpus/$name
    mkdir -p "$corpus"
    echo "== $name"
    "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix=build/fuzz/crashes/"$name"- "$corpus" testdata/fuzz/"$name" 2>&1 |
        grep -E '^(stat::number_of_executed_units|stat::peak_rss_mb|==|SUMMARY|artifact|.*ERROR)' || true
    if ls build/fuzz/crashes/"$name"-* >/dev/null 2>&1; then
        echo "findings in build/fuzz/crashes/"
        exit 1
    fi
done
