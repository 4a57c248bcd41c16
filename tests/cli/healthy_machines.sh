#!/bin/sh
# Real Windows 10 and 11 logs of machines without a failed deployment, each folder packed with gcab: no error-level
# finding, and as many records in every log as libevtx counts. Differences known and explained are in
# tests/cli/evtx_differences.txt (file name, our count, evtxinfo's, reason).
. "$(dirname "$0")/lib.sh"
data=$APD_DATA/evtx/AndrewRathbun+DFIRArtifactMuseum
if [ ! -d "$data" ] || ! have gcab || ! have evtxinfo; then
    skip "needs the sample logs, gcab and evtxinfo"
    finish
fi
for folder in "$data"/*/; do
    name=$(basename "$folder")
    (cd "$folder" && gcab -c -z "$work/$name.cab" *.evtx)
    run 0 --fail-on error --format json "$work/$name.cab"
    cp "$work/out" "$work/$name.json"
    json 'not d["problems"]'
    json '[f["rule"] for f in d["findings"] if f["severity"] == "error"] == []'
    (cd "$folder" && for f in *.evtx; do
        printf '%s\t%s\n' "$f" "$(evtxinfo "$f" 2>/dev/null | sed -n 's/.*Number of records[^0-9]*\([0-9]*\).*/\1/p' | head -n 1)"
    done) >"$work/counts"
    python3 - "$work/$name.json" "$work/counts" "$APD_SOURCE/tests/cli/evtx_differences.txt" >"$work/out" <<'PY' && ok || not_ok "$name: counts differ"
import json, sys
ours = {f["path"]: f["records"] for f in json.loads(open(sys.argv[1]).readline())["files"]}
known = {tuple(l.rstrip("\n").split("\t")[:3]) for l in open(sys.argv[3]) if l.strip() and l[0] != "#"}
bad = total = 0
for line in open(sys.argv[2]):
    name, count = line.rstrip("\n").split("\t")
    total += ours.get(name, 0)
    if str(ours.get(name)) != count and (name, str(ours.get(name)), count) not in known:
        print(f"{name}: {ours.get(name)} records, evtxinfo counts {count}")
        bad += 1
print(f"{len(ours)} logs, {total} records")
sys.exit(bad > 0)
PY
    tail -n 1 "$work/out" | sed "s/^/$name: /"
done
finish
