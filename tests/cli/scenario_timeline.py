"""Compares the timeline and the apps of a report with what its scenario expects.

usage: scenario_timeline.py EXPECT REPORT    (what `apd-make expect` and `apdiag --format json` wrote)

Prints one line per difference and ends with 1 if there is one. A moment may be a second off.
"""
import datetime
import json
import re
import sys

TOLERANCE = 1.0
UNITS = {"h": 3600, "m": 60, "s": 1}


def span(text):
    """"1h2m3s" in seconds."""
    parts = re.findall(r"(\d+)([hms])", text)
    if "".join(n + u for n, u in parts) != text:
        sys.exit(f"{text} is no span")
    return sum(int(n) * UNITS[u] for n, u in parts)


def seconds(text):
    """A time of the report in seconds since 1970; local times as if they were UTC."""
    whole = datetime.datetime.fromisoformat(text[:19] + "+00:00").timestamp()
    return whole + float("0" + (text[19:].rstrip("Z") or ".0"))


def read_expect(path):
    start, wanted = None, {"attempts": [], "phases": [], "clocks": [], "apps": []}
    for line in open(path, encoding="utf-8"):
        key, _, value = line.rstrip("\n").partition("=")
        if key == "start":
            start = seconds(value)
        elif key.startswith("timeline."):
            pairs = re.split(r" (?=[a-z]+:)", value)
            wanted[key.removeprefix("timeline.")].append(dict(p.split(":", 1) for p in pairs))
    return start, wanted


def near(wanted, text, start):
    return text is not None and abs(start + span(wanted) - seconds(text)) <= TOLERANCE


def check_attempts(wanted, report, _):
    got = [(str(a["attempt"]), a["scenario"]) for a in report["timeline"]["attempts"]]
    if got != [(w["attempt"], w["scenario"]) for w in wanted]:
        yield f"attempts {got}, expected {wanted}"


def check_phases(wanted, report, start):
    for w in wanted:
        rows = [p for a in report["timeline"]["attempts"] if str(a["attempt"]) == w.get("attempt", "1")
                for p in a["phases"] if (p["phase"], p.get("part", "")) == (w["phase"], w.get("part", ""))]
        if len(rows) != 1:
            yield f"{len(rows)} phases, expected {w}"
            continue
        p = rows[0]
        if not near(w["start"], p["start"], start) or not near(w["end"], p["end"], start) or p["outcome"] != w["outcome"]:
            yield f"phase from {p['start']} to {p['end']}, {p['outcome']}, expected {w}"


def east(w):
    return (span(w["ahead"]) if "ahead" in w else -span(w["behind"])) // 60


def check_clocks(wanted, report, start):
    """Every expected era is found with its offset, and nothing is said to have another."""
    known = [(c["log"], c["minutes"], seconds(c["first"]), seconds(c["last"]))
             for c in report["timeline"]["clocks"] if c["state"] != "unknown"]
    for w in wanted:
        offset = east(w)
        local = start + offset * 60
        if not any(log == w["log"] and minutes == offset and first <= local + span(w["from"]) + TOLERANCE
                   and last >= local + span(w["to"]) - TOLERANCE for log, minutes, first, last in known):
            yield f"clock: no such era in {report['timeline']['clocks']}: {w}"
    true = {east(w) for w in wanted}
    for era in known:
        if wanted and era[1] not in true:
            yield f"clock: {era} has an offset that no writer had"


def check_apps(wanted, report, _):
    rows = {a["id"]: a for a in report["apps"]}
    for w in wanted:
        row = rows.get(w["app"], {"state": "absent", "name": ""})
        if row["state"] != w["state"] or row["name"] != w.get("name", row["name"]):
            yield f"app {row['state']} {row['name']}, expected {w}"


def main():
    start, wanted = read_expect(sys.argv[1])
    report = json.loads(open(sys.argv[2], encoding="utf-8").readline())
    if not wanted["attempts"] or not wanted["phases"]:
        sys.exit("the scenario expects no attempts or no phases")
    checks = {"attempts": check_attempts, "phases": check_phases, "clocks": check_clocks, "apps": check_apps}
    differences = [d for key, check in checks.items() for d in check(wanted[key], report, start)]
    print("\n".join(differences))
    sys.exit(bool(differences))


main()
