#!/usr/bin/env python3
"""Writes every EVTX file below $APD_DATA/evtx as XML and JSON and compares with other readers.

usage: evtx_render_compare.py BENCH_EVTX EVTX_DUMP_OF_OURS [-v] [FILE...]

XML: every record must be well-formed and on one line, and equal what evtxexport (libevtx) and evtx_dump (the
Rust crate), if they are installed, give for it. Differences in spelling are normalised; what is left must
belong to a class that docs/evtx.md explains (CLASSES). JSON: every record must be valid, without
duplicate keys, and have the same fields as our own list of fields.
Exit code 0 equal, 1 different, 77 nothing to compare with."""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

from evtx_compare import norm as norm_field, ours as our_fields

BAD = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')
NUMERIC = re.compile(r'-?\d+(\.\d+)?([eE][-+]?\d+)?')


def local(tag):
    return tag.rsplit('}', 1)[-1]


def norm(v):
    """Spelling only: braces and case of GUIDs, zeros of hex numbers, digits of a second, line ends."""
    v = BAD.sub('\ufffd', v or '').replace('\r\n', '\n').replace('\r', '\n')
    m = re.fullmatch(r'\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?', v)
    if m:
        return m.group(1).lower()
    if re.fullmatch(r'0x[0-9A-Fa-f]+', v):
        return hex(int(v, 16))
    m = re.fullmatch(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z', v)
    if m:
        return '%s.%sZ' % (m.group(1), (m.group(2) or '')[:6].ljust(6, '0'))
    return v.strip()


def flat(e, path, out):
    path += '/' + local(e.tag)
    text = e.text or ''
    if len(e) and not text.strip():
        text = ''
    out.append((path, norm(text)))
    for k, v in e.attrib.items():
        if norm(v):
            out.append((path + '@' + local(k), norm(v)))
    for c in e:
        flat(c, path, out)
        if (c.tail or '').strip():
            out.append((path, norm(c.tail)))


def records(text):
    """record id -> list of flattened events; and how many were not well-formed."""
    found, bad = collections.OrderedDict(), 0
    for m in re.finditer(r'<Event[ >/].*?(?:</Event>(?=\s*(?:<Event[ >/]|<\?xml|</Events>|Record \d|$))|(?=<Event[ >/]))', text, re.S):
        try:
            e = ET.fromstring(BAD.sub('\ufffd', m.group(0)))
        except ET.ParseError:
            bad += 1
            continue
        out = []
        flat(e, '', out)
        rid = next((v for k, v in out if k == '/Event/System/EventRecordID'), None)
        found.setdefault(rid, []).append(out)
    return found, bad


def same(a, b):
    if a == b or a.replace('\ufffd', '') == b.replace('\ufffd', ''):
        return True
    if NUMERIC.fullmatch(a) and NUMERIC.fullmatch(b):
        x, y = float(a), float(b)
        if '.' in b or 'e' in b:
            return abs(x - y) <= abs(y) * 1e-6
        return x < 0 and y < 0 and any(int(b) == -(int(a) & (1 << n) - 1) for n in (7, 15, 31, 63))
    return bool(re.fullmatch(r'0x[0-9a-f]+', a)) and b.isdigit() and int(a, 16) == int(b)


def classify(mine, theirs, peer):
    """The classes of docs/evtx.md that tell two flattened records apart; '?…' for anything else."""
    out, i, j = [], 0, 0
    while i < len(mine) or j < len(theirs):
        a = mine[i] if i < len(mine) else None
        b = theirs[j] if j < len(theirs) else None
        if a and b and a[0] == b[0] and same(a[1], b[1]):
            i, j = i + 1, j + 1
        elif a and b and a[0] == b[0] and peer == 'evtx_dump' and a[1] == 'true' and re.fullmatch(r'\d+', b[1]):
            out.append('boolean-number')
            i, j = i + 1, j + 1
        elif a and b and a[0] == b[0] and '\ufffd' in a[1] and \
                re.sub('[\ufffd_]', '', a[1]) == re.sub('[\ufffd_]', '', b[1]):
            out.append('replacement')  # what stands for a character that XML cannot hold
            i, j = i + 1, j + 1
        elif a and peer == 'evtxexport' and ('<' in a[1] or '\ufffd' in a[1]):
            out.append('unescaped-theirs' if '<' in a[1] else 'surrogate-theirs')
            break  # its XML cannot be compared any further
        elif not a and b[0].startswith('/Event/RenderingInfo') and peer == 'evtx_dump':
            out.append('second-document')
            break
        else:
            out.append('?%s: %r / %r' % (peer, a, b))
            break
    return out


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode('utf-8', 'replace')


def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError('duplicate key in %s' % keys)
    return dict(pairs)


def leaves(v, path, out):
    """A JSON value as (path, text) in order, named as the fields are."""
    if isinstance(v, dict):
        for k, x in v.items():
            leaves(x, path if k == '#text' else (path + '.' if path else '') + k, out)
    elif isinstance(v, list):
        for x in v:
            leaves(x, path, out)
    else:
        out.append((path, {None: '', True: 'true', False: 'false'}[v] if v is None or v is True or v is False else v))


def same_text(field, value):
    if isinstance(value, (int, float)):
        return NUMERIC.fullmatch(field) is not None and float(field) == float(value)
    value = value.replace('\r\n', '\n').replace('\r', '\n')
    return norm_field(value) == field or (NUMERIC.fullmatch(field) and NUMERIC.fullmatch(value) and
                                          float(field) == float(value))


def payload_of(event):
    out = []
    data = event.get('data', {})
    for part in data if isinstance(data, list) else [data]:
        leaves(part, '', out)
    for k, v in event.items():
        if k[:1].isupper():
            leaves(v, k, out)
    return out


def strip_root(pairs):
    """UserData: the fields begin below the document's root, whose own text keeps its name."""
    return [(k.split('.', 1)[1] if '.' in k else k, v) for k, v in pairs]


def json_differences(line, fields):
    event = json.loads(line, object_pairs_hook=no_duplicates)
    want = collections.Counter()
    system = {'Version', 'Task', 'Opcode', 'Keywords', 'Qualifiers', 'ProcessID', 'ThreadID', 'Computer', 'UserID',
              'ActivityID', 'RelatedActivityID', 'ProviderGuid', 'EventSourceName', 'ProcessorID', 'SessionID',
              'KernelTime', 'UserTime'}
    mine = list(fields)
    while mine and mine[-1][0] in system:
        mine.pop()
    theirs = payload_of(event)
    for attempt in (theirs, strip_root(theirs)):
        left = [(k, v) for k, v in attempt if not isinstance(v, str) or v.strip()]
        missing = []
        for k, v in mine:
            if v == '':
                continue
            at = next((n for n, (name, x) in enumerate(left) if name == k and same_text(v, x)), None)
            if at is None:
                missing.append((k, v))
            else:
                left.pop(at)
        # the last payload fields may have names of the System part: those were taken off above
        left = [(k, v) for k, v in left if k not in system]
        if not missing and not left:
            return None
    return missing[:2], left[:2]


def check_json(lines, fields, base, totals, problems):
    seen = collections.Counter()
    for line in lines:
        totals['json'] += 1
        try:
            event = json.loads(line, object_pairs_hook=no_duplicates)
            rid = str(event['record'])
            found = fields.get(rid, [])
            k = seen[rid]
            seen[rid] += 1
            diff = json_differences(line, found[k][1]) if k < len(found) else ('no such event', rid)
        except (ValueError, KeyError) as e:
            diff = ('invalid', e, line[:200])
        if diff:
            problems.append('%s: JSON: %s: %s' % (base, line[:60], diff))
        else:
            totals['json equal'] += 1


def main():
    args = [a for a in sys.argv[1:] if a != '-v']
    bench, dump, files = args[0], args[1], args[2:]
    data = os.path.join(os.environ.get('APD_DATA', ''), 'evtx')
    if not files:
        for folder, _, names in sorted(os.walk(data)):
            files += [os.path.join(folder, n) for n in sorted(names) if n.lower().endswith('.evtx')]
    peers = [p for p in ('evtxexport', 'evtx_dump') if shutil.which(p)]
    if not files:
        print('skipped: APD_DATA has no EVTX files')
        return 77
    if not peers:
        print('neither evtxexport nor evtx_dump is installed: XML is only checked for itself')
    totals, problems = collections.Counter(), []
    for f in files:
        base = os.path.basename(f)
        text = run(bench, 'xml', f, '-')
        mine, bad = records(text)
        lines = text.count('\n')
        totals['records'] += lines
        if bad or sum(map(len, mine.values())) != lines:
            problems.append('%s: %d records, %d lines, %d not well-formed' % (base, sum(map(len, mine.values())), lines, bad))
        check_json(run(bench, 'json', f, '-').split('\n')[:-1], our_fields(run(dump, f))[0], base, totals, problems)
        for peer in peers:
            command = ['evtxexport', '-f', 'xml', f] if peer == 'evtxexport' else ['evtx_dump', '-t', '1', '-o', 'xml', f]
            theirs, bad = records(run(*command))
            totals[peer + ': not well-formed'] += bad
            for rid, versions in theirs.items():
                for i, b in enumerate(versions):
                    totals[peer + ': compared'] += 1
                    if i >= len(mine.get(rid, [])):
                        totals[peer + ': not here'] += 1
                        continue
                    found = classify(mine[rid][i], b, peer)
                    totals[peer + ': equal'] += not found
                    for c in set(found):
                        if c[0] == '?':
                            problems.append('%s: record %s: %s' % (base, rid, c[1:]))
                            totals[peer + ': different'] += 1
                        else:
                            totals[peer + ': ' + c] += 1
    limit = None if '-v' in sys.argv else 30
    for p in problems[:limit]:
        print(p[:400])
    for k in sorted(totals):
        print('%8d %s' % (totals[k], k))
    print('%d differences without explanation' % len(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
