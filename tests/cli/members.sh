#!/bin/sh
# apdiag members and formats: the tree with kinds, sizes and problems; the shipped example as recorded.
# `members.sh --update` records it anew.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
cd "$APD_SOURCE/testdata/examples" || exit 1

as_recorded members - members preprovisioning-failed.cab

run 0 members --format json preprovisioning-failed.cab
keeps_schema members-1
json 'len(d["members"]) == 18 and not d["problems"]'
json '[m["records"] for m in d["members"] if m["path"].endswith("shell-core-operational.evtx")] == [147]'
run 0 members --format csv preprovisioning-failed.cab
[ "$(wc -l <"$work/out")" = 19 ] && ok || not_ok "expected a head and 18 rows"
says out '^bundle,path,kind,'

# archives inside archives: each under the one it is in
"$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/nested-cab-zip-cab.yml" "$work/nested.cab" 2>"$work/err"
run 0 members --format json "$work/nested.cab"
keeps_schema members-1
json 'sum(m["kind"] == "archive" for m in d["members"]) == 2'
json 'all(m["inside"] in {n["path"] for n in d["members"] if n["kind"] == "archive"} for m in d["members"] if "inside" in m)'
run 0 members "$work/nested.cab"
says out '^  [^ ].* archive '
says out '^    microsoft-windows'

# what nobody knows, what is empty, what is damaged, and names that lie
mkdir "$work/odd"
printf '\001\002\003\377\376\000\000\001' >"$work/odd/blob.bin"
: >"$work/odd/nothing.log"
printf 'not a cabinet' >"$work/odd/x.cab"
head -c 3000 "$APD_SOURCE/testdata/good/never-enrolled.zip" >"$work/odd/cut.zip"
printf 'x\n' >"$work/odd/$(printf 'esc\033[31mape.txt')"
run 0 members "$work/odd"
says out '^blob.bin +opaque +8 '
says out '^x.cab +not read '
says out 'is named like an archive but is none'
says out '^esc\\x1b\[31mape.txt'
says_not out "$(printf '\033')"
says out '1 files of no known format|2 files of no known format'
run 0 members --format json "$work/odd"
keeps_schema members-1
json '[m["problems"] != [] for m in d["members"] if m["path"] == "x.cab"] == [True]'
json 'any(m["path"] == "esc\x1b[31mape.txt" for m in d["members"])'
# nothing in it can be read, and yet it has members
mkdir "$work/opaque"
cp "$work/odd/blob.bin" "$work/opaque"
run 0 members "$work/opaque"
says out '^blob.bin +opaque'
run 3 members "$work/missing.cab"
one_line err
"$APDIAG" members - <preprovisioning-failed.cab >"$work/out" 2>"$work/err" && ok || not_ok "standard input"
says out '^18 files, 0 archives, 831 records'
run 0 members preprovisioning-failed.cab "$work/opaque"
[ "$(grep -c ' files, ' "$work/out")" = 2 ] && ok || not_ok "expected two lists"

# usage
run 2 members
says err 'no bundle given'
run 2 members --format xml preprovisioning-failed.cab
says err '--format wants term\|json\|csv'
run 0 members --help
says out 'opaque'

run 0 formats
says out '^  evtx +Windows event log'
says out '^  cab +cabinets'
says out '^  depth +4 archives'
run 0 formats --format json
keeps_schema formats-1
run 2 formats preprovisioning-failed.cab
says err 'takes no file'
run 2 formats --format csv
run 0 help formats
finish
