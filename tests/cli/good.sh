#!/bin/sh
# Healthy deployments must stay silent, and what was checked must be said.
. "$(dirname "$0")/lib.sh"
for bundle in "$APD_SOURCE"/testdata/good/*.zip "$APD_SOURCE"/testdata/good/*.cab; do
    [ -e "$bundle" ] || continue
    run 0 "$bundle"
    says_not out '^(error|warning)\['
    says out '^checked: .*autopilot'
    run 0 --format json "$bundle"
    json 'all(f["severity"] == "info" for f in d["findings"]) and not d["problems"]'
done
run 0 "$APD_SOURCE/testdata/good/user-driven-success.zip"
says out '^no known failure'
says_not out '^info\['
finish
