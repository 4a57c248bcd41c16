#!/bin/sh
# Every scenario with `expect.timeline`: attempts, phases, clocks and apps of its bundle are those that its script
# wrote. Needs APD_MAKE and MODEL_PRINT.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}" "${MODEL_PRINT:?}"
scenarios=0
for scenario in "$APD_SOURCE"/testdata/scenarios/*.yml; do
    grep -q '^  timeline:' "$scenario" || continue
    name=$(basename "$scenario" .yml)
    scenarios=$((scenarios + 1))
    : >"$work/out"
    "$APD_MAKE" write "$scenario" "$work/bundle" && "$APD_MAKE" expect "$scenario" >"$work/expect" ||
        { not_ok "$name was not written"; continue; }
    [ "$(wc -c <"$work/bundle")" -lt 100000 ] || not_ok "$name is larger than 100 kB"
    if "$MODEL_PRINT" "$APD_SOURCE/rules" "$work/bundle" >"$work/model" 2>"$work/err" &&
        python3 "$APD_SOURCE/tests/cli/scenario_timeline.py" "$work/expect" "$work/model" >"$work/out" 2>"$work/err"; then
        ok
    else
        not_ok "timeline of $name"
    fi
    rm -rf "$work/bundle"
done
[ "$scenarios" -ge 18 ] || not_ok "only $scenarios scenarios have a timeline"
finish
