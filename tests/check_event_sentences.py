#!/usr/bin/env python3
"""Checks the sentences for events: rules/events/*.tsv, one event a line.

    check_event_sentences.py [FOLDER]

A line is `provider TAB EventID TAB fields TAB sentence`; lines that start with # are comments.
`fields` are the names of the record's values in their order, separated by commas. A sentence may
name those and the System names below as {Name}. Every mistake is printed as file:line: text.
Exit codes: 0 all is well, 1 mistakes, 2 nothing to check.
"""
import re
import sys
import unicodedata
from pathlib import Path

SYSTEM_NAMES = {"Provider_Name", "EventID", "Level", "Channel", "EventRecordID"}
LONGEST_SENTENCE = 90  # without the fields, so that a line of the report stays one line
LARGEST_ID = 65535     # an EventID has 16 bits
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def split_columns(line):
    columns = line.split("\t")
    if len(columns) != 4:
        return None, [f"{len(columns)} columns instead of 4"]
    return columns, []


def check_provider(provider):
    if not provider or provider != provider.strip():
        yield "the provider is empty or has spaces around it"


def check_id(event_id):
    if not re.fullmatch(r"0|[1-9][0-9]*", event_id, re.ASCII) or int(event_id) > LARGEST_ID:
        yield f"EventID '{event_id}' is not a number up to {LARGEST_ID}"


def check_fields(names):
    for name in names:
        if not name or name != name.strip() or "{" in name or "}" in name:
            yield f"'{name}' is no field name"
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"field {name} is listed twice"


def check_sentence(sentence, names):
    if not sentence or sentence != sentence.strip():
        yield "the sentence is empty or has spaces around it"
    text = PLACEHOLDER.sub("", sentence)
    if "{" in text or "}" in text:
        yield "a brace without its partner"
    if len(text) > LONGEST_SENTENCE:
        yield f"{len(text)} characters besides the fields, at most {LONGEST_SENTENCE} are allowed"
    if not re.search(r"\w", text):
        yield "the sentence has no words of its own"
    for name in PLACEHOLDER.findall(sentence):
        if name not in names and name not in SYSTEM_NAMES:
            yield f"{{{name}}} is neither in the fields column nor a System name"


def check_characters(line):
    for c in line:
        if c != "\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp"):
            yield f"control character U+{ord(c):04X}"


def check_line(line, where, first_seen):
    columns, mistakes = split_columns(line)
    mistakes += check_characters(line)
    if columns is None:
        return mistakes
    provider, event_id, fields, sentence = columns
    names = fields.split(",") if fields else []
    for check in (check_provider(provider), check_id(event_id), check_fields(names),
                  check_sentence(sentence, names)):
        mistakes += check
    key = (provider.lower(), event_id)
    if key in first_seen:
        mistakes.append(f"{provider} {event_id} has a sentence already, {first_seen[key]}")
    first_seen.setdefault(key, where)
    return mistakes


def check_folder(folder):
    """The number of sentences and all mistakes of a folder."""
    sentences, mistakes, first_seen = 0, [], {}
    for path in sorted(folder.glob("*.tsv")):
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            mistakes.append(f"{path}:1: not UTF-8 at byte {error.start}")
            continue
        if not text.endswith("\n"):
            mistakes.append(f"{path}:1: the last line has no end")
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            if line.startswith("#"):
                continue
            sentences += 1
            where = f"{path}:{number}"
            mistakes += [f"{where}: {m}" for m in check_line(line, where, first_seen)]
    return sentences, mistakes


def main(arguments):
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    default = Path(__file__).resolve().parent.parent / "rules" / "events"
    folder = Path(arguments[0]) if arguments else default
    sentences, mistakes = check_folder(folder)
    for mistake in mistakes:
        print(mistake)
    if not sentences:
        print(f"{folder}: no sentences found", file=sys.stderr)
        return 2
    print(f"{sentences} sentences, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
