#!/usr/bin/env python3
"""Compares the fields that apdiag takes out of TraceLogging events with those an independent decoder found.

etl_payloads.py APDIAG DATA    DATA/etl holds traces, DATA/etl/expected/*.tracelogging.jsonl what is in them.
Exit code 77: there is no such data."""
import collections
import datetime
import json
import pathlib
import subprocess
import sys

SYSTEM = ["Version", "Task", "Opcode", "Keywords", "ProcessID", "ThreadID", "UserID", "ActivityID", "RelatedActivityID"]
CHAR8, CHAR16, ARRAY = (3, 4), (5, 6), 0x40


def filetime(text):
    """100 ns since 1601 of "2020-02-17T12:48:57.7518824Z"."""
    day, rest = text[:19], text[20:].rstrip("Z")
    moment = datetime.datetime.strptime(day, "%Y-%m-%dT%H:%M:%S")
    seconds = (moment - datetime.datetime(1601, 1, 1)).total_seconds()
    return int(seconds) * 10_000_000 + int(rest.ljust(7, "0")[:7])


def as_number(value):
    return int(value, 16) if isinstance(value, str) and value.startswith("0x") else value


def flat(fields, types, path=""):
    """(path, type, value) of every leaf. types is consumed in order; structs are followed by their members."""
    for name, value in fields:
        kind = types.pop(0)
        if kind[1] != 24:
            yield path + name, kind, value
            continue
        array = kind[3] & 0x60
        members, rest = list(types), None
        for element in (value if array else [value]):
            rest = list(members)
            yield from flat(element, rest, path + name + ".")
        if array and not value:
            yield path + name, kind, []
            rest = members[kind[2]:]
        types[:] = rest


def same(kind, want, got):
    in_type, out_type, counted = kind[1], kind[2], kind[3]
    if isinstance(want, list) and counted & ARRAY and out_type == 2 and in_type in CHAR16:
        text = b"".join(unit.to_bytes(2, "little") for unit in want).decode("utf-16-le").rstrip("\0")
        return got == text
    if want == [] and got is None:
        return True
    if isinstance(want, bool) or isinstance(got, bool):
        return bool(want) == bool(got)
    if out_type == 2 and in_type in CHAR8 and isinstance(got, str):
        return got == chr(want)
    if in_type in (17, 18):
        return str(got).rstrip("Z").rstrip("0").rstrip(".") == str(want).rstrip("Z").rstrip("0").rstrip(".")
    if in_type == 15:
        return got.strip("{}") == want
    if in_type in (7, 8) and isinstance(got, str):
        return as_number(got) == want % (1 << 32)
    if in_type in (11, 12):
        return float(got) == float(want)
    return as_number(got) == as_number(want)


def values(data):
    """Every value that each path has, in order."""
    return {name: list(value) if isinstance(value, list) else [value] for name, value in data.items()}


def check(want, got):
    have = values(got["data"])
    for path, kind, value in flat(want["fields"], [list(t) for t in want["types"]]):
        if not have.get(path):
            return f"{path} is missing"
        found = have[path].pop(0)
        if not same(kind, value, found):
            return f"{path}: {found!r}, not {value!r}"
    left = {name: v for name, v in have.items() if v and name not in SYSTEM}
    return f"too much: {left}" if left else None


def key(provider, name, time, data):
    return provider, name, time, data.get("ProcessID"), data.get("ThreadID")


def read(apdiag, trace):
    out = subprocess.run([apdiag, "events", "--format", "jsonl", str(trace)], stdout=subprocess.PIPE, check=True).stdout
    found = collections.defaultdict(list)
    for line in out.decode().splitlines():
        event = json.loads(line)
        data = event["data"]
        names = data.pop("EventName", None)
        names = names if isinstance(names, list) else [names]  # a payload may have a field of that name, too
        if isinstance(names[0], str) and event["time"]:
            if names[1:]:
                data["EventName"] = names[1:]
            found[key(event["provider"], names[0], filetime(event["time"]), data)].append(event)
    return found


def compare(apdiag, trace, expected):
    found, bad, n = read(apdiag, trace), 0, 0
    for line in expected.open(encoding="utf-8"):
        want = json.loads(line)
        n += 1
        at = (want["provider"], want["event"], want["filetime"], want["pid"], want["tid"])
        candidates = found.get(at, [])
        why = "not found" if not candidates else check(want, candidates.pop(0))
        if why:
            bad += 1
            if bad <= 5:
                print(f"{expected.name}: {want['event']} at {want['time']}: {why}")
    return n, bad


def main():
    apdiag, data = sys.argv[1], pathlib.Path(sys.argv[2]) / "etl"
    if not data.is_dir():
        print("skipped: no traces to compare with")
        return 77
    total = failed = 0
    for expected in sorted((data / "expected").glob("*.tracelogging.jsonl")):
        name = expected.name[: -len(".tracelogging.jsonl")].replace("__", "/")
        n, bad = compare(apdiag, data / name, expected)
        print(f"{name}: {n - bad} of {n} events equal")
        total, failed = total + n, failed + bad
    print(f"{total - failed} of {total} TraceLogging events equal field by field")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
