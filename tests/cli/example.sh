#!/bin/sh
# The shipped example: named first, exit code 1, JSON that keeps its schema, and the terminal output as recorded.
# `example.sh --update` records it anew.
. "$(dirname "$0")/lib.sh"
cd "$APD_SOURCE/testdata/examples" || exit 1

run 1 preprovisioning-failed.cab
says out '^error\[tpm-attestation-timeout\]'
first=$(grep -m 1 -oE '^(error|warning|info)\[[a-z0-9-]+\]' "$work/out")
[ "$first" = 'error[tpm-attestation-timeout]' ] && ok || not_ok "first finding is $first"
says out 'record|#[0-9]+'
says out '^  help: '
says out '= considered: '

as_recorded preprovisioning-failed 110 --why preprovisioning-failed.cab

run 1 --format json preprovisioning-failed.cab
json 'd["findings"][0]["rule"] == "tpm-attestation-timeout" and d["findings"][0]["rank"] == 1'
json 'all(e["file"] and e["time"] for e in d["findings"][0]["evidence"] if e["kind"] == "record")'
json 'd["exit_code"] == 1 and not d["problems"]'
keeps_schema diagnosis-1

# The same bundle from standard input and as a folder gives the same findings.
"$APDIAG" --format json preprovisioning-failed.cab | python3 -c 'import json,sys; print([f["rule"] for f in json.load(sys.stdin)["findings"]])' >"$work/a"
"$APDIAG" --format json - <preprovisioning-failed.cab | python3 -c 'import json,sys; print([f["rule"] for f in json.load(sys.stdin)["findings"]])' >"$work/b"
cmp -s "$work/a" "$work/b" && ok || not_ok "standard input gives other findings"
mkdir "$work/folder"
if have gcab; then
    gcab -x -C "$work/folder" preprovisioning-failed.cab
    "$APDIAG" --format json "$work/folder" | python3 -c 'import json,sys; print([f["rule"] for f in json.load(sys.stdin)["findings"]])' >"$work/b"
    cmp -s "$work/a" "$work/b" && ok || not_ok "the folder gives other findings"
else
    skip "gcab is not installed: folder not compared"
fi
finish
