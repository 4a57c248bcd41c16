#!/usr/bin/env python3
"""Compares what `apdiag events --format jsonl` read of registry files with an independent count.

    registry_count.py FILE JSONL             keys and values of a registry file, counted line by line
    registry_count.py --dump SKELETON FILE   writes a dump in the collector's dialect from a skeleton, the
                                             list of a real dump's keys and names with masked values
"""
import json
import re
import sys

SHAPES = {
    "DWORD:xxxxxxxx": "DWORD:0000000a", "QWORD": "QWORD:1000030", '"sz"': '"C:\\a "b" {"c":1}"',
    '"" (empty)': '""', "hex(3):..": "hex(3):30,00,ff", "hex(2):..": "hex(2):25,00,00,00",
    'OTHER:xxxxxxxx:"xxxxxxxxxx': 'MULTI_SZ:"first\r\nsecond"', 'OTHER:xxxxxxxx:"xxxxxxxx"': 'MULTI_SZ:"only"',
}
VALUE = re.compile(r'\s*(@|"(?:\\.|[^"\\])*")=(?:"|-|hex|dword:)')


def write_dump(skeleton, path):
    with open(skeleton, encoding="utf-8") as lines, open(path, "w", encoding="utf-8", newline="") as out:
        for line in lines:
            if line.startswith("#"):
                continue
            text = re.sub(r" x\d+$", "", line.rstrip("\n"))
            if text.startswith("["):
                out.write("\r\n" + text + "\r\n")
                continue
            shape = next((s for s in sorted(SHAPES, key=len, reverse=True) if text.endswith("=" + s)), None)
            if shape is None:
                sys.exit(f"{skeleton}: unknown shape: {text}")
            out.write(text[:-len(shape)] + SHAPES[shape] + "\r\n")


def text_of(path):
    data = open(path, "rb").read()
    return data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("latin-1")


def count(path):
    """Keys, values, and the names of values in the order of the file."""
    keys, values = 0, 0
    for line in text_of(path).splitlines():
        if re.match(r"\[-?HKEY_.*\]\s*$", line):
            keys += 1
        elif line.startswith('    "') or line.startswith("    @="):
            values += 1
        elif VALUE.match(line) and not line.startswith(" "):
            values += 1
    return keys, values


def main():
    if sys.argv[1] == "--dump":
        write_dump(sys.argv[2], sys.argv[3])
        return
    records = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8")]
    read = (len(records), sum(len(r["data"]) - 2 for r in records))
    expected = count(sys.argv[1])
    print(f"{read[0]} keys, {read[1]} values")
    if read != expected:
        sys.exit(f"{sys.argv[1]}: counted {expected[0]} keys and {expected[1]} values")


if __name__ == "__main__":
    main()
