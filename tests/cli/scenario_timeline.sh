#!/bin/sh
# Every scenario with `expect.timeline`: attempts, phases, clocks and apps in the report on its bundle are those that
# its script wrote. Needs APD_MAKE.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
scenarios=0
for scenario in "$APD_SOURCE"/testdata/scenarios/*.yml; do
    grep -q '^  timeline:' "$scenario" || continue
    name=$(basename "$scenario" .yml)
    scenarios=$((scenarios + 1))
    "$APD_MAKE" write "$scenario" "$work/bundle" || { not_ok "$name was not written"; continue; }
    "$APD_MAKE" expect "$scenario" >"$work/expect"
    [ "$(wc -c <"$work/bundle")" -lt 100000 ] || not_ok "$name is larger than 100 kB"
    run "$(sed -n 's/^exit=//p' "$work/expect")" --format json "$work/bundle"
    mv "$work/out" "$work/report"
    python3 "$APD_SOURCE/tests/cli/scenario_timeline.py" "$work/expect" "$work/report" >"$work/out" 2>"$work/err" &&
        ok || not_ok "timeline of $name"
done
[ "$scenarios" -ge 18 ] || not_ok "only $scenarios scenarios have a timeline"
finish
