#!/bin/sh
# Every scenario, written as a bundle and diagnosed: what its `expect` says comes out, and no member is of an unknown
# format but traces. Those named big-LAYOUT have the members of a real bundle of that layout. Needs APD_MAKE.
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
        overcome) json "d['findings'][0]['overcome']['phase'] == '$value'" ;;
        found) json "set('$value'.split()) <= {f['rule'] for f in d['findings']}" ;;
        silent) json "[f['rule'] for f in d['findings'] if f['severity'] != 'info'] == []" ;;
        esac
    done <"$work/expect"
    run 0 members --format json "$work/bundle"
    json 'not [m["path"] for m in d["members"] if m["kind"] in ("opaque", "not read") and ".etl" not in m["path"] and m["path"] != "noise.bin"]'
    listing=$APD_DATA/bundle-structure/${name#big-}/listing.txt
    case $name in big-*)
        if [ -e "$listing" ]; then
            run 0 members --format csv "$work/bundle"
            mv "$work/out" "$work/members.csv"
            # the deployment of the 2026 bundle has a profile, that of the real one has none
            [ "$name" = big-2026-zip ] && added=autopilotddsztdfile.json || added=
            python3 "$APD_SOURCE/tests/cli/layout_check.py" "$listing" "$work/members.csv" $added >"$work/out" && ok || not_ok "layout of $name"
        else
            skip "$listing is not here: members of $name not compared"
        fi
        ;;
    esac
    [ "$failed" = 0 ] || echo "  (scenario $name)"
    rm -rf "$work/bundle"
done
finish
