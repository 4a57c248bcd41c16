#!/usr/bin/env python3
"""Compares this reader with what other projects expect of the EVTX files they ship.

usage: evtx_expect.py EVTX_DUMP [-v]

Counts: the numbers of records that omerbenamram/evtx and plaso test for, by file. Contents: the
single records of omerbenamram/evtx's snapshots (XML and JSON), Velocidex' goldens, the log that
super-speedy-syslog-searcher prints, chainsaw's search results. Files and expectations come from
$APD_DATA/evtx. Differences known are listed here with their reason, and in docs/evtx.md.
Exit code 0 equal, 1 different, 77 nothing there."""
import collections
import datetime
import glob
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

import evtx_compare

RS, PLASO = 'omerbenamram+evtx', 'log2timeline+plaso'
# project, file -> records the project expects, ours where they differ (docs/evtx.md says why)
COUNTS = {
    (RS, '2-system-Microsoft-Windows-LiveId%4Operational.evtx'): (399,),
    (RS, '2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx'): (1910, 1973),
    (RS, '2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx'): (1774,),
    (RS, '2-vss_7-System.evtx'): (1160,),
    (RS, 'sample_with_a_bad_chunk_magic.evtx'): (270, 380),
    (RS, 'Microsoft-Windows-HelloForBusiness%4Operational.evtx'): (6, 5),
    (RS, 'Microsoft-Windows-LanguagePackSetup%4Operational.evtx'): (17, 16),
    (RS, 'E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx'): (1146,),
    (RS, 'E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx'): (340,),
    (RS, 'E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx'): (459,),
    (RS, 'sample-with-irregular-bool-values.evtx'): (3028,),
    (RS, 'security.evtx'): (2261,),
    (RS, 'security_bad_string_cache.evtx'): (2261,),
    (PLASO, 'System.evtx'): (5009,),
    (PLASO, 'System2.evtx'): (194, 283),
}
# snapshots of records in Application.evtx, which the project does not ship any more
NO_LOG = ('event_json_sample_with_event_data.snap', 'event_json_sample_with_separate_json_attributes.snap',
          'event_xml_sample_with_event_data.snap')


def element(tag, value):
    """JSON as these projects write it -> elements of that name."""
    if isinstance(value, list):
        return [e for v in value for e in element(tag, v)]
    e = ET.Element(tag)
    if not isinstance(value, dict):
        e.text = '' if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        return [e]
    text = value.get('#text', value.get('Value'))
    if isinstance(text, list):
        return element(tag, text)
    e.text = '' if text is None else str(text)
    for k, v in value.get('#attributes', {}).items():
        e.set(k, str(v))
    for k, v in value.items():
        attributes = value.get(k + '_attributes', {})
        if k in ('#attributes', '#text', 'Value') or k.endswith('_attributes') and k[:-11] in value:
            continue
        if k.endswith('_attributes'):
            k, v, attributes = k[:-11], None, v
        for child in element(re.sub(r'_\d+$', '', k), v):
            for a, b in attributes.items():
                child.set(a, str(b))
            if tag == 'EventData' and child.tag != 'Data' and not len(child):
                child.set('Name', child.tag)
                child.tag = 'Data'
            e.append(child)
    return [e]


def velocidex(event):
    """Attributes and elements are not told apart there, and times are seconds: an <Event> all the same."""
    system = event['System']
    for name in ('Provider', 'TimeCreated', 'Correlation', 'Execution', 'Security'):
        system[name] = {'#attributes': system.get(name) or {}}
    seconds = system['TimeCreated']['#attributes']['SystemTime']
    time = datetime.datetime.utcfromtimestamp(0) + datetime.timedelta(microseconds=round(seconds * 1e6))
    system['TimeCreated']['#attributes']['SystemTime'] = time.strftime('%Y-%m-%dT%H:%M:%S.%f0Z')
    return element('Event', {k: v for k, v in event.items() if k != 'Message'})[0]


def json_events(text):
    """Every JSON value in a text that has something else around."""
    decoder, at = json.JSONDecoder(), 0
    while True:
        m = re.compile(r'[\[{]').search(text, at)
        if not m:
            return
        try:
            value, at = decoder.raw_decode(text, m.start())
        except ValueError:
            at = m.start() + 1
            continue
        yield from value if isinstance(value, list) else [value]


def expectations(root):
    """(project, name, <Event>)"""
    for path in sorted(glob.glob(os.path.join(root, RS, 'tests', 'snapshots', 'test_record_samples*.snap'))):
        text = open(path, encoding='utf-8').read().split('\n---\n', 1)[1]
        name = os.path.basename(path).split('__')[1]
        if '<Event ' in text:
            yield RS, name, ET.fromstring(text.strip().encode())
        else:
            yield RS, name, element('Event', json.loads(text)['Event'])[0]
    for path in sorted(glob.glob(os.path.join(root, 'Velocidex+evtx', 'fixtures', '*.golden'))):
        for event in json_events(open(path, encoding='utf-8').read()):
            yield 'Velocidex+evtx', os.path.basename(path), velocidex(event.get('Event', event))
    for path in sorted(glob.glob(os.path.join(root, 'jtmoon79*', '**', '*Configuration.evtx.stdout'), recursive=True)):
        text = re.sub(r'^.*\u250b', '', open(path, encoding='utf-8').read(), flags=re.M)
        for m in re.finditer(r'<Event .*?</Event>', text, re.S):
            yield 'jtmoon79+super-speedy-syslog-searcher', os.path.basename(path), ET.fromstring(m.group(0))
    for path in sorted(glob.glob(os.path.join(root, 'WithSecureLabs+chainsaw', 'tests', 'evtx', 'clo_search_q*j*.txt'))):
        for event in json_events(re.sub('\x1b\\[[0-9;]*m', '', open(path, encoding='utf-8').read())):
            yield 'WithSecureLabs+chainsaw', os.path.basename(path), element('Event', event['Event'])[0]


def microseconds(time):
    m = re.fullmatch(r'(.*)\.(\d{6})\d*Z', time)
    return (m.group(1), int(m.group(2))) if m else (time, 0)


def same(mine, theirs, loose):
    """What differs between our event and the one expected: nothing, or a list."""
    (a, fields, want) = theirs
    if 'Binary' not in [k for k, _ in mine[1]]:  # left out here when there is no value, empty there
        want = [w for w in want if w != ('Binary', '')]
    time, expected = microseconds(mine[0][0]), microseconds(a[0])
    if time[0] != expected[0] or abs(time[1] - expected[1]) > 1:
        return [('time', (mine[0][0], a[0]))]
    theirs = ((mine[0][0],) + a[1:], fields, want)
    if not loose:
        return evtx_compare.differences(mine, theirs)
    plain = [(k.replace('@', ''), v) for k, v in mine[1]]
    return evtx_compare.differences((mine[0], plain), (theirs[0], fields, [(k.replace('@', ''), v) for k, v in want]))


def main():
    dump, verbose = sys.argv[1], '-v' in sys.argv
    root = os.path.join(os.environ.get('APD_DATA', ''), 'evtx')
    logs = collections.defaultdict(dict)
    for path in sorted(glob.glob(os.path.join(glob.escape(root), '*', '**', '*.evtx'), recursive=True)):
        project = os.path.relpath(path, root).split(os.sep)[0]
        logs[project][os.path.basename(path)] = path
    wanted = list(expectations(root)) if os.path.isdir(root) else []
    if not wanted:
        print('skipped: APD_DATA has none of the files that other projects expect something of')
        return 77
    failed, cache = 0, {}

    def events(project):
        if project not in cache:
            cache[project] = {n: evtx_compare.ours(evtx_compare.run(dump, p)) for n, p in logs[project].items()}
        return cache[project]

    tally = collections.OrderedDict()
    for (project, name), count in COUNTS.items():
        if name not in logs[project]:
            print('%s: skipped, not there' % name)
            continue
        n = events(project)[name][1]
        row = tally.setdefault(project + ': counts', [0, 0])
        row[0] += 1
        row[1] += bool(n) and n[0] == count[-1]
        if not n or n[0] != count[-1]:
            print('%s: %s records, %s expected' % (name, n and n[0], count[-1]))
            failed += 1
    for project, name, event in wanted:
        record, theirs = evtx_compare.of_element(event)
        found = [e for log in events(project).values() for e in log[0].get(record, ())
                 if e[0][1] == theirs[0][1] and microseconds(e[0][0])[0] == microseconds(theirs[0][0])[0]]
        diffs = [same(e, theirs, project.startswith('Velocidex')) for e in found]
        if not found and name in NO_LOG:
            print('%s: skipped, its log is not there' % name)
            continue
        row = tally.setdefault(project + ': records', [0, 0])
        row[0] += 1
        row[1] += [] in diffs
        if [] not in diffs:
            failed += 1
            if failed < 20 or verbose:
                print('%s: record %s: %s' % (name, record, diffs[0][:3] if diffs else 'no such event here'))
    for what, (n, equal) in tally.items():
        print('%-60s %5d compared, %5d as expected' % (what, n, equal))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
