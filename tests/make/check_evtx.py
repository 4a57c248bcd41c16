"""Asks other EVTX readers whether they see what apd-make says that it wrote.

usage: check_evtx.py RECORDS.jsonl FOLDER [--python]

RECORDS.jsonl is the output of `apd-make records`, FOLDER holds the members. evtxexport (libevtx) is
always asked, python-evtx with --python (it needs seconds per chunk). Exit 1 on the first difference.
"""
import base64
import datetime
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

NS = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def with_libevtx(path):
    run = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True)
    if run.returncode != 0:
        sys.exit(f"{path}: evtxexport ends with {run.returncode}: {run.stderr.decode()[:200]}")
    text = run.stdout.decode("utf-8", "replace")
    return [ET.fromstring(e) for e in re.findall(r"<Event .*?</Event>", text, re.S)]


def with_python_evtx(path):
    import Evtx.Evtx as evtx

    with evtx.Evtx(path) as log:
        head = log.get_file_header()
        chunks = list(log.chunks())[: head.chunk_count()]  # behind them is zero filling
        # head.verify() knows version 3.1 only.
        if head.checksum() != head.calculate_checksum() or not all(c.verify() for c in chunks):
            sys.exit(f"{path}: python-evtx finds a checksum wrong")
        return [ET.fromstring(r.xml()) for c in chunks for r in c.records()]


def number(text):
    return int(text, 0) if text else 0


def same_time(wrote, read, tolerance):
    """Within so many microseconds: readers cut or round what is finer."""
    def parse(text):
        digits = re.sub(r"\D", "", (text or "").replace("+00:00", ""))[:20].ljust(20, "0")
        return datetime.datetime.strptime(digits, "%Y%m%d%H%M%S%f")
    return abs(parse(read) - parse(wrote)) <= datetime.timedelta(microseconds=tolerance)


def same(kind, wrote, read, reader):
    read = read or ""
    if kind in ("string", "ansi"):
        # libevtx of 2018 turns characters beyond U+FFFF into others.
        if reader == "libevtx" and any(ord(c) > 0xFFFF for c in wrote):
            return True
        return read.rstrip("\0") == wrote
    if kind in ("guid", "sid"):
        return read.strip("{}").lower() == wrote.strip("{}").lower()
    if kind == "bool":
        return (read.lower() in ("true", "1")) == (wrote.lower() in ("true", "1"))
    if kind in ("filetime", "systemtime"):
        wrote = wrote or "1601-01-01T00:00:00Z"
        # python-evtx takes the milliseconds of a systemtime for microseconds.
        return same_time(wrote, read, 20 if kind == "filetime" else 1000000)
    if kind == "binary":
        if reader == "python":  # shown as base64
            return base64.b64decode(read).hex() == wrote.lower()
        return read.replace(" ", "").lower() == wrote.lower()
    if reader == "libevtx" and number(wrote) < 0:
        return True  # libevtx of 2018 shows negative numbers wrongly
    return number(read) == number(wrote)


def compare(event, want, reader):
    system = event.find(NS + "System")
    get = lambda name: system.find(NS + name)
    facts = {
        "EventRecordID": (number(get("EventRecordID").text), want["record"]),
        "EventID": (number(get("EventID").text), want["id"]),
        "Level": (number(get("Level").text), want["level"]),
        "Provider": (get("Provider").get("Name"), want["provider"]),
        "Channel": (get("Channel").text, want["channel"]),
        "Computer": (get("Computer").text, want["computer"]),
        "UserID": (get("Security").get("UserID") or "", want["user"]),
        "Guid": ((get("Provider").get("Guid") or "").strip("{}").lower(), want["guid"].strip("{}").lower()),
    }
    read = get("TimeCreated").get("SystemTime")
    if not same_time(want["time"], read, 20):
        return f"time is {read}, written was {want['time']}"
    for name, (read, wrote) in facts.items():
        if read != wrote:
            return f"{name} is {read!r}, written was {wrote!r}"
    body = event.find(NS + "EventData")
    if want["root"]:
        body = event.find(NS + "UserData")[0]
        if not body.tag.endswith("}" + want["root"]):
            return f"UserData holds {body.tag}"
        data = [(re.sub("{.*}", "", d.tag), d.text) for d in body]
    elif body is None:
        return "EventData is missing"
    else:
        data = [(d.get("Name") or "", d.text) for d in body.findall(NS + "Data")]
        if reader == "python" and want["fields"] and not want["fields"][0][0]:
            # python-evtx shows an array as one text, with tags around the items.
            data = [("", i) for i in re.findall(r"<string>(.*?)</string>", data[0][1], re.S)]
        elif reader == "python" and not want["fields"]:
            data = [d for d in data if d[1]]
        binary = body.find(NS + "Binary")
        if want["binary"] and not same("binary", want["binary"], binary.text, reader):
            return f"Binary is {binary.text}, written was {want['binary']}"
    if len(data) != len(want["fields"]):
        return f"{len(data)} values, written were {len(want['fields'])}"
    for (name, read), (wanted, kind, wrote) in zip(data, want["fields"]):
        if name != wanted or not same(kind, wrote, read, reader):
            return f"{wanted} ({kind}) is {name}={read!r}, written was {wrote!r}"
    return None


def main():
    records, folder = sys.argv[1:3]
    readers = {"libevtx": with_libevtx}
    if "--python" in sys.argv:
        readers["python"] = with_python_evtx
    wanted = {}
    with open(records, encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            wanted.setdefault(r["member"], []).append(r)
    files = sorted(n for n in os.listdir(folder) if n.endswith(".evtx"))
    if set(wanted) - set(files):
        sys.exit(f"not in the bundle: {sorted(set(wanted) - set(files))}")
    count = 0
    for name in files:
        for reader, read in readers.items():
            events = read(os.path.join(folder, name))
            want = wanted.get(name, [])
            if len(events) != len(want):
                sys.exit(f"{name}: {reader} sees {len(events)} records, written were {len(want)}")
            for event, w in zip(events, want):
                problem = compare(event, w, reader)
                if problem:
                    sys.exit(f"{name}, record {w['record']}, {reader}: {problem}")
            count += len(want)
    print(f"{len(files)} logs, {count} records agree ({', '.join(readers)})")


main()
