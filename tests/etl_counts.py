#!/usr/bin/env python3
"""Traces that other projects ship, counted by etl_dump and by somebody else (expected/counts.json).

    etl_counts.py ETL_DUMP [-v]

Exit 77: there is nothing to compare with."""
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

DATA = os.path.join(os.environ.get("APD_DATA", "../shared/data"), "etl")
KINDS = {"system": ("SYSTEM", "PERFINFO", "COMPACT"), "classic": ("FULL", "INSTANCE"), "event": ("EVENT",),
         "message": ("MESSAGE",)}


def expected(entry):
    types, kinds = entry["header_types"], entry["categories"]
    want = {"records": entry["events_total"], "buffers": entry["buffers"], "clock": entry["clock"],
            "tracelogging": kinds.get("tracelogging", 0), "lost": entry.get("seq_gaps", 0),
            "eventsource": kinds.get("manifestdata(EventSource)", 0)}
    if entry["events_total"] == sum(entry["cpus"].values()):
        want["cpus"] = entry["cpus"]
    for name, stems in KINDS.items():
        want[name] = [sum(types.get(s + "64", 0) for s in stems), sum(types.get(s + "32", 0) for s in stems)]
    want["message"] = [types.get("MESSAGE", 0), 0]  # their flags tell the width of pointers, not the type
    return want


def same_time(a, b):
    """Up to rounding: theirs are floating-point numbers."""
    gap = datetime.fromisoformat(a.rstrip("Z")) - datetime.fromisoformat(b.rstrip("Z"))
    return abs(gap) <= timedelta(microseconds=5)


def main():
    counts = os.path.join(DATA, "expected", "counts.json")
    if not os.path.exists(counts):
        print("skipped: no", counts)
        return 77
    wrong = files = records = 0
    for entry in json.load(open(counts, encoding="utf-8")):
        path = os.path.join(DATA, entry["file"])
        if not os.path.exists(path):
            print("skipped: no", path)
            continue
        done = subprocess.run([sys.argv[1], "counts", path], capture_output=True, text=True, check=False)
        got = json.loads(done.stdout)
        for key, value in expected(entry).items():
            if got[key] != value:
                print(f"{entry['file']}: {key} is {got[key]}, expected {value}")
                wrong += 1
        for end in ("first", "last") if entry["first_event"] else ():
            if not same_time(got[end], entry[end + "_event"]):
                print(f"{entry['file']}: the {end} event is of {got[end]}, expected {entry[end + '_event']}")
                wrong += 1
        if got["clock"] == 1 and got["inversions"]:
            print(f"{entry['file']}: {got['inversions']} records are not in the order of time")
            wrong += 1
        files += 1
        records += got["records"]
        if "-v" in sys.argv:
            print(entry["file"], got, done.stderr)
    print(f"{files} traces, {records} records, {wrong} differences")
    return 1 if wrong or not files else 0


sys.exit(main())
