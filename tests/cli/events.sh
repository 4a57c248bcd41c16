#!/bin/sh
# apdiag events: every form read by other readers, conditions against the same in Python, threads, exit codes.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
example=$APD_SOURCE/testdata/examples/preprovisioning-failed.cab

check() {
    if python3 "$APD_SOURCE/tests/cli/events_check.py" "$@" >"$work/out" 2>"$work/err"; then ok; else not_ok "events_check.py $*"; fi
}

# forms BUNDLE: all forms agree, --count is what diagnose counts
forms() {
    for form in jsonl json xml csv text; do
        run 0 events --format $form "$1"
        says_not err .
        cp "$work/out" "$work/all.$form"
    done
    check same "$work/all.jsonl" "$work/all.json" "$work/all.xml" "$work/all.csv" "$work/all.text"
    run 0 events --count "$1"
    count=$(cat "$work/out")
    "$APDIAG" --format json "$1" >"$work/out"
    json "sum(f['records'] for f in d['files']) == $count"
}

forms "$example"
cp "$work/all.jsonl" "$work/example.jsonl"
for scenario in $(ls "$APD_SOURCE"/testdata/scenarios/*.yml | sed -n '1~9p'); do
    "$APD_MAKE" write "$scenario" "$work/bundle" || { not_ok "$scenario was not written"; continue; }
    forms "$work/bundle"
    rm -rf "$work/bundle"
done

# where CONDITION PYTHON: over the example
where() {
    run 0 events --format jsonl --where "$1" "$example"
    cp "$work/out" "$work/some.jsonl"
    check selected "$work/example.jsonl" "$work/some.jsonl" "$2"
    run 0 events --count --where "$1" "$example"
    [ "$(cat "$work/out")" = "$(wc -l <"$work/some.jsonl")" ] && ok || not_ok "--count --where '$1'"
}
where 'EventID=171 and Level<=2' 'event and e["id"] == 171 and e["level"] <= 2'
where 'EventID in [171, 62407]' 'event and e["id"] in (171, 62407)'
where 'not Level<4' 'not event or e["level"] >= 4'
where 'log=autopilot' 'event and e["channel"].lower().endswith("diagnostics-provider/autopilot")'
where 'log in [autopilot, shell-core] and EventID!=171' 'event and e.get("provider") in ("Microsoft-Windows-ModernDeployment-Diagnostics-Provider", "Microsoft-Windows-Shell-Core") and e["id"] != 171 and not e["channel"].endswith("ManagementService")'
where 'Channel=*/Admin or Provider_Name|contains=Shell' 'event and (e["channel"].lower().endswith("/admin") or "shell" in e.get("provider", "").lower())'
where 'any|hresult=0x800705B4' 'any(s in str(e).lower() for s in ("0x800705b4", "2147943860", "-2147023436"))'
where 'message|contains=TPM and not Provider_Name=*' '"tpm" in (e.get("message") or " ".join(str(v) for v in e["data"].values())).lower() and "provider" not in e'
where "fact=autopilot.profile or message|re='^\\s+\"'" 'e.get("fact") == "autopilot.profile" or __import__("re").search("^\\s+\"", e.get("message", ""))'
where 'EventRecordID>5 and (Level=2 or Level=3)' 'event and e["record"] > 5 and e["level"] in (2, 3)'

# --log, --since, --until
run 0 events --format jsonl --log autopilot --log '*shell-core*' "$example"
cp "$work/out" "$work/some.jsonl"
check selected "$work/example.jsonl" "$work/some.jsonl" 'event and ("shell-core" in e["channel"].lower() or e["channel"].lower().endswith("diagnostics-provider/autopilot"))'
run 0 events --format jsonl --since 2025-11-18T08:10Z --until 2025-11-18T08:20:30 "$example"
cp "$work/out" "$work/some.jsonl"
check selected "$work/example.jsonl" "$work/some.jsonl" 'e["time"] is not None and "2025-11-18T08:10" <= e["time"] < "2025-11-18T08:20:30"'
run 0 events --count --since 2025-11-18 --until 2025-11-18 "$example"
[ "$(cat "$work/out")" = "$(grep -c '"time":"2025-11-18' "$work/example.jsonl")" ] && ok || not_ok "a day counts as a whole"
run 0 events --count --until 2025-11-17 "$example"
says out '^0$'

# nothing passes: still valid
for form in jsonl json xml csv text; do
    run 0 events --format $form --where EventID=65535 "$example"
    cp "$work/out" "$work/all.$form"
done
check same "$work/all.jsonl" "$work/all.json" "$work/all.xml" "$work/all.csv" "$work/all.text"

# several bundles are one output
run 0 events --format json "$example" "$example"
python3 -c 'import json, sys; sys.exit(len(json.load(open(sys.argv[1]))) != 2 * int(sys.argv[2]))' "$work/out" "$(wc -l <"$work/example.jsonl")" && ok || not_ok "two bundles in one array"

# a large event log made of the example's chunks: threads write the same bytes, damaged or not
python3 - "$example" "$work" <<'PY'
import struct, subprocess, sys, os, zlib
example, work = sys.argv[1:]
os.mkdir(work + "/un")
subprocess.run(["bsdtar", "-xf", example, "-C", work + "/un"], check=True)
chunks, head = [], None
for folder, _, names in sorted(os.walk(work + "/un")):
    for name in sorted(names):
        data = open(os.path.join(folder, name), "rb").read()
        if data[:7] == b"ElfFile":
            head = head or data[:4096]
            chunks += [data[i:i + 65536] for i in range(4096, len(data), 65536) if data[i:i + 7] == b"ElfChnk"]
n = 100
head = bytearray(head)
struct.pack_into("<H", head, 42, n)
struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
body = [chunks[i % len(chunks)] for i in range(n)]
open(work + "/large.evtx", "wb").write(bytes(head) + b"".join(body))
hole = bytearray(b"".join(body))
hole[70 * 65536:70 * 65536 + 700] = os.urandom(700)
hole[10 * 65536 + 3000:10 * 65536 + 9000] = bytes(6000)
open(work + "/holes.evtx", "wb").write(bytes(head) + bytes(hole))
open(work + "/cut.evtx", "wb").write((bytes(head) + b"".join(body))[:80 * 65536 + 5000])
struct.pack_into("<H", head, 42, 3)
struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
open(work + "/stale.evtx", "wb").write((bytes(head) + b"".join(body))[:90 * 65536 + 5000])
PY
for log in large holes cut stale; do
    for form in jsonl xml csv text json; do
        run 0 events --format $form "$work/$log.evtx"
        mv "$work/out" "$work/j1" && mv "$work/err" "$work/e1"
        run 0 events -j4 --format $form "$work/$log.evtx"
        cmp -s "$work/j1" "$work/out" && ok || not_ok "-j 4 writes other bytes: $log.evtx as $form"
        cmp -s "$work/e1" "$work/err" && ok || not_ok "-j 4 tells other losses: $log.evtx"
    done
done
run 0 events --count -j 3 "$work/large.evtx"
count=$(cat "$work/out")
run 0 events --count "$work/large.evtx"
[ "$count" -gt 100 ] && [ "$count" = "$(cat "$work/out")" ] && ok || not_ok "--count -j 3"
run 0 events --count --where Level=2 -j 3 "$work/large.evtx"
count=$(cat "$work/out")
run 0 events --count --where Level=2 "$work/large.evtx"
[ "$count" -gt 0 ] && [ "$count" = "$(cat "$work/out")" ] && ok || not_ok "--count --where -j 3"
run 0 events "$work/holes.evtx"
says err 'holes.evtx: .*chunk'

# carving: the log's records in a file of another kind
{ head -c 5000 /dev/urandom; tail -c +4097 "$work/large.evtx" | head -c 131072; head -c 3000 /dev/urandom; } >"$work/image.bin"
run 3 events "$work/image.bin"
run 0 events --carve --count "$work/image.bin"
[ "$(cat "$work/out")" -gt 0 ] && ok || not_ok "nothing was carved"
run 0 events --carve --format jsonl "$work/image.bin"
json 'd["carved"] == "chunk" and d["data"]'
run 0 events --carve --count --where Carved=chunk "$work/image.bin"
[ "$(cat "$work/out")" -gt 0 ] && ok || not_ok "--where Carved"

# mistakes
run 2 events
says err 'no file given'
run 2 events --format yaml "$example"
run 2 events --where 'EventID=' "$example"
says err '--where, column 9: expected a value'
one_line err
run 2 events --where 'Text|contians=x' "$example"
says err "column 6: unknown modifier 'contians'; did you mean 'contains'"
run 2 events --since yesterday "$example"
says err '--since wants a time'
run 2 events -j 0 "$example"
run 2 events -j many "$example"
run 3 events "$work/missing.cab"
one_line err
says err 'missing.cab'
run 3 events --count "$example" "$work/missing.cab"
says out '^831$'
: >"$work/zero.evtx"
run 3 events "$work/zero.evtx"
one_line err
run 3 events -j 2 "$work/zero.evtx"
run 0 events --help
says out '--where'

# a reader that goes away, and a disk that is full
"$APDIAG" events --format xml "$work/large.evtx" 2>"$work/err" | head -n 1 >"$work/out"
says out '<\?xml'
says_not err .
if [ -c /dev/full ]; then
    "$APDIAG" events "$example" >/dev/full 2>"$work/err"
    [ $? = 3 ] && ok || not_ok "a full disk: exit code"
    says err 'could not be written'
fi
finish
