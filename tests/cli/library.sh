#!/bin/sh
# The program in docs/library.md, extracted and compiled by CMake, reads what apdiag reads.
. "$(dirname "$0")/lib.sh"
: "${LIBRARY_EXAMPLE:?}" "${APD_MAKE:?}"
example=$APD_SOURCE/testdata/examples/preprovisioning-failed.cab
if ! have bsdtar; then
    skip "bsdtar is not installed: the example of docs/library.md"
    finish
fi
mkdir "$work/un"
bsdtar -xf "$example" -C "$work/un"
for file in "$work"/un/*; do
    "$LIBRARY_EXAMPLE" "$file" >"$work/lines" 2>"$work/err" && ok || not_ok "the example on $file"
    run 0 events --format jsonl "$file"
    if python3 - "$work/lines" "$work/out" <<'PY'; then ok; else not_ok "other records: $file"; fi
import json, sys
got = [l.split(" ", 1) for l in open(sys.argv[1], encoding="utf-8", errors="replace", newline="\n").read().split("\n")[:-1]]
want = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8")]
assert len(got) == len(want), (len(got), len(want))
for (number, rest), d in zip(got, want):
    assert int(number) == d.get("id", 0) and rest.startswith(d.get("channel", d.get("fact", "")))
    assert all(" %s=" % key in rest for key in d["data"]), (rest, d)
PY
done
"$LIBRARY_EXAMPLE" "$work/missing.evtx" >"$work/out" 2>"$work/err"
[ $? = 1 ] && ok || not_ok "the example on a missing file"
head -c 3000 "$work/un/system.evtx" >"$work/short.evtx"
"$LIBRARY_EXAMPLE" "$work/short.evtx" >"$work/out" 2>"$work/err"
[ $? = 1 ] && ok || not_ok "the example on a torn file"
says_not err 'Sanitizer'
finish
