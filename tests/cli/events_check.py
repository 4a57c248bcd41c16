"""What `apdiag events` wrote, read by other readers. Each check is one function over the files named behind it."""
import csv
import io
import json
import sys
import xml.etree.ElementTree as etree

XML_NS = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def jsonl(path):
    with open(path, encoding="utf-8", newline="\n") as f:
        return [json.loads(line) for line in f]


def same(path_jsonl, path_json, path_xml, path_csv, path_text):
    """All forms tell of the same records in the same order."""
    lines = jsonl(path_jsonl)
    assert json.load(open(path_json, encoding="utf-8")) == lines
    events = etree.parse(path_xml).getroot()
    assert events.tag == "Events" and len(events) == len(lines)
    raw = open(path_csv, "rb").read()
    assert raw.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert rows[0] == "time,clock,level,log,channel,provider,id,record,file,text".split(",")
    assert len(rows) == len(lines) + 1 and {len(r) for r in rows} == {10}
    text = open(path_text, encoding="utf-8", newline="\n").read().split("\n")
    assert text.pop() == "" and len(text) == len(lines)
    for i, d in enumerate(lines):
        one(d, events[i], rows[i + 1], text[i])


def one(d, event, row, text):
    system = event.find(XML_NS + "System")
    cell = dict(zip("time clock level log channel provider id record file text".split(), row))
    assert isinstance(d["data"], dict) and d["file"] == cell["file"]
    assert (d["time"] or "") == cell["time"]
    if "fact" in d:
        assert cell["log"] == d["fact"] and cell["record"] == ""
        return
    assert str(d["record"]) == cell["record"] == system.find(XML_NS + "EventRecordID").text
    assert str(d["level"]) == cell["level"] == system.find(XML_NS + "Level").text
    assert str(d["id"]) == (cell["id"] or "0") == system.find(XML_NS + "EventID").text
    assert d["channel"] == cell["channel"] == system.find(XML_NS + "Channel").text
    assert d.get("provider", "") == cell["provider"] == system.find(XML_NS + "Provider").get("Name", "")
    created = system.find(XML_NS + "TimeCreated")
    assert (created.get("SystemTime") if created is not None else None) == d["time"]
    assert text.startswith(d["time"][:19] if d["time"] else "- ")
    assert " %s " % "-CEWIV"[d["level"]] in text
    assert not any(ord(c) < 32 for c in text)
    assert not any(c and c[0] in "=+-@\t\r" for c in row)


def selected(path_all, path_some, condition):
    """The Python condition over `e` chooses what apdiag chose, and something, but not all."""
    everything, some = jsonl(path_all), jsonl(path_some)
    want = [e for e in everything if eval(condition, {"e": e, "event": "fact" not in e})]
    assert some == want, "%d records, expected %d" % (len(some), len(want))
    assert 0 < len(want) < len(everything), "%d of %d records" % (len(want), len(everything))


def main():
    {"same": same, "selected": selected}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
