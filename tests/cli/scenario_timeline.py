"""Compares the model of a bundle with what its scenario expects.

usage: scenario_timeline.py EXPECT MODEL    (what `apd-make expect` and `model_print` wrote)

Prints one line per difference and ends with 1 if there is one. A moment may be a second off.
"""
import datetime
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


def read_expect(path):
    start, wanted = None, {"attempts": [], "phases": [], "clocks": [], "apps": []}
    for line in open(path, encoding="utf-8"):
        key, _, value = line.rstrip("\n").partition("=")
        if key == "start":
            start = datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        elif key.startswith("timeline."):
            pairs = re.split(r" (?=[a-z]+:)", value)
            wanted[key.removeprefix("timeline.")].append(dict(p.split(":", 1) for p in pairs))
    return start, wanted


def read_model(path, start):
    """Rows of the model by kind; times become seconds since the scenario's start."""
    times = {"attempt": (3, 4), "phase": (4, 5), "clock": (2, 3)}
    model = {"attempt": [], "phase": [], "clock": [], "app": []}
    for line in open(path, encoding="utf-8"):
        row = line.rstrip("\n").split("\t")
        for i in times.get(row[0], ()):
            row[i] = None if row[i] == "-" else float(row[i]) - start
        model[row[0]].append(row[1:])
    return model


def near(wanted, got):
    return got is not None and abs(span(wanted) - got) <= TOLERANCE


def check_attempts(wanted, model):
    got = [(number, scenario) for number, scenario, *_ in model["attempt"]]
    if got != [(a["attempt"], a["scenario"]) for a in wanted]:
        yield f"attempts {got}, expected {wanted}"


def check_phases(wanted, model):
    for w in wanted:
        key = [w.get("attempt", "1"), w["phase"], w.get("part", "")]
        rows = [r for r in model["phase"] if r[:3] == key]
        if len(rows) != 1:
            yield f"{len(rows)} phases {key}, expected {w}"
            continue
        _, _, _, start, end, outcome = rows[0]
        if not near(w["start"], start) or not near(w["end"], end) or outcome != w["outcome"]:
            yield f"phase {key}: {start} to {end} {outcome}, expected {w}"


def east(w):
    return (span(w["ahead"]) if "ahead" in w else -span(w["behind"])) // 60


def check_clocks(wanted, model):
    """Every expected era is found with its offset, and nothing is said to have another."""
    known = [(log, first, last, int(m)) for log, first, last, m in model["clock"] if m != "?"]
    for w in wanted:
        offset = east(w)
        if not any(log == w["log"] and minutes == offset
                   and first - minutes * 60 <= span(w["from"]) + TOLERANCE
                   and last - minutes * 60 >= span(w["to"]) - TOLERANCE
                   for log, first, last, minutes in known):
            yield f"clock: no such era among {model['clock']}: {w}"
    true = {east(w) for w in wanted}
    for era in known:
        if wanted and era[3] not in true:
            yield f"clock: {era} has an offset that no writer had"


def check_apps(wanted, model):
    rows = {r[1]: r for r in model["app"]}
    for w in wanted:
        _, _, state, name = rows.get(w["app"], (None, None, "absent", ""))
        if state != w["state"] or name != w.get("name", name):
            yield f"app {w['app']}: {state} {name}, expected {w}"


def main():
    start, wanted = read_expect(sys.argv[1])
    model = read_model(sys.argv[2], start)
    if not wanted["attempts"] or not wanted["phases"]:
        sys.exit("the scenario expects no attempts or no phases")
    checks = {"attempts": check_attempts, "phases": check_phases, "clocks": check_clocks, "apps": check_apps}
    differences = [d for key, check in checks.items() for d in check(wanted[key], model)]
    print("\n".join(differences))
    sys.exit(bool(differences))


main()
