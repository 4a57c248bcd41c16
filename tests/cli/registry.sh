#!/bin/sh
# Registry files: nothing of real ones is lost, numbers are shown with their meaning, hostile ones are survived.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
tests=$APD_SOURCE/tests

compare() { # FILE: as many keys and values as an independent count finds
    run 0 events --format jsonl "$1"
    cp "$work/out" "$work/events"
    if [ -s "$work/err" ]; then not_ok "$1: losses"; else ok; fi
    if python3 "$tests/registry_count.py" "$1" "$work/events" >"$work/out" 2>"$work/err"; then ok; else not_ok "$1: counts differ"; fi
    echo "$(basename "$1"): $(cat "$work/out")"
}

# both dialects, written by our own generator
"$APD_MAKE" folder "$APD_SOURCE/testdata/scenarios/registry-app-failed.yml" "$work/bundle"
for file in "$work"/bundle/*.reg; do compare "$file"; done
run 0 events --format text --log esp.tracked-app "$work/bundle"
says out 'InstallationState 4 \(error\), ErrorHresult 0x87D1041C \('
says out 'InstallationState 3 \(completed\)'
run 0 events --format text --log autopilot.settings "$work/bundle"
says out 'CloudAssignedOobeConfig 286 \(user is no local administrator, skip privacy settings,'
run 0 events --format text --where 'fact = lob.msi and Status = 70' "$work/bundle"
says out 'Status 70 \(installed\), CreationTime 2025-11-18T'
run 0 events --format jsonl --log policy.device "$work/bundle"
[ -s "$work/out" ] && not_ok "a key that is not there was found" || ok
run 1 "$work/bundle"
says out 'registry  .*Win32App_0c4d9b1e.*InstallationState 4 \(error\)'

# other people's files
if [ -d "$APD_DATA/reg" ]; then
    find "$APD_DATA/reg" -name '*.reg' | LC_ALL=C sort >"$work/list"
    while read -r file; do compare "$file"; done <"$work/list"
    for skeleton in "$APD_DATA"/bundle-structure/*/MdmDiagReport_RegistryDump.skeleton.txt; do
        dump=$work/$(basename "$(dirname "$skeleton")").reg
        python3 "$tests/registry_count.py" --dump "$skeleton" "$dump"
        compare "$dump"
    done
    compare "$APD_DATA/bundle-structure/MdmDiagReport_RegistryDump.synthetic.reg"
else
    skip "registry files of other people"
fi

# hostile ones
hostile() { # KIND SIZE
    python3 "$tests/hostile_registry.py" "$1" "$2" "$work/hostile.reg"
    run 0 events --format jsonl "$work/hostile.reg"
}
hostile line 20000000
says err 'line 2 begins a value that is too long'
says out '"behind":1'
hostile keys 100000
if [ "$(wc -l <"$work/out")" = 100000 ]; then ok; else not_ok "100000 keys"; fi
hostile values 20000
if [ "$(wc -l <"$work/out")" = 5 ]; then ok; else not_ok "20000 values in 5 parts"; fi
hostile deep 10000
one_line out
hostile wide 1000
if [ "$(wc -l <"$work/out")" = 1000 ]; then ok; else not_ok "1000 keys in UTF-16"; fi
head -c 1000 "$work/bundle/MdmDiagReport_RegistryDump.reg" >"$work/cut.reg"
run 0 events --format text "$work/cut.reg"
finish
