#!/bin/sh
# Every scenario, written as a bundle and diagnosed: what its `expect` says comes out. Needs APD_MAKE.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
for scenario in "$APD_SOURCE"/testdata/scenarios/*.yml; do
    name=$(basename "$scenario" .yml)
    "$APD_MAKE" write "$scenario" "$work/bundle" || { not_ok "$name was not written"; continue; }
    "$APD_MAKE" expect "$scenario" >"$work/expect"
    expected=$(sed -n 's/^exit=//p' "$work/expect")
    run "${expected:-1}" --format json "$work/bundle"
    json 'not d["problems"]'
    while IFS='=' read -r key value; do
        case $key in
        diagnosis) json "d['findings'][0]['rule'] == '$value'" ;;
        found) json "set('$value'.split()) <= {f['rule'] for f in d['findings']}" ;;
        silent) json "[f['rule'] for f in d['findings'] if f['severity'] != 'info'] == []" ;;
        esac
    done <"$work/expect"
    [ "$failed" = 0 ] || echo "  (scenario $name)"
    rm -rf "$work/bundle"
done
finish
