#!/usr/bin/env python3
"""Damages event logs at random places and counts what this reader and others still read.

usage: evtx_mutate.py EVTX_DUMP APD_MAKE [-v] [-k FOLDER]

Bases are logs of one chunk: two of the sample logs, where $APD_DATA has them, and one written by
apd-make. Each is copied 60 times with 1 to 100 bytes changed; places and values come from a generator
with a fixed seed, so that every run makes the same files. A record counts as sound when a reader gives
it with exactly the text that the same reader gives for it in the log before the damage. Peers are
evtx_dump (the Rust crate) and evtxexport (libevtx), as far as they are installed.

Exit code 0: on each base at least as many records, sound ones and all, as the best peer; 1: fewer, or the
reader did not end; 77: no peer is installed, so nobody was compared with.
-k keeps the files."""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

COPIES = 60
SAMPLES = ('new-user-security.evtx', 'system.evtx')
MADE = 'made by apd-make'
HEAD, CHUNK = 4096, 65536


class Random:
    """A 64-bit linear congruential generator: the same numbers on every machine, for ever."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def mutate(data, random):
    out, changes = bytearray(data), 1 + random.below(100)
    for _ in range(changes):
        out[random.below(len(out))] ^= 1 + random.below(255)
    return bytes(out), changes


def one_chunk(data):
    return data[:HEAD + CHUNK]


def sample_bases(found):
    root = os.path.join(os.environ.get('APD_DATA', ''), 'evtx')
    for folder, _, names in sorted(os.walk(root)):
        for n in SAMPLES:
            if n in names and n not in found:
                with open(os.path.join(folder, n), 'rb') as f:
                    found[n] = one_chunk(f.read())


def made_base(apd_make, folder):
    """The log with most records that apd-make writes for the scenarios shipped."""
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    best = b''
    for s in sorted(os.listdir(os.path.join(source, 'testdata', 'scenarios'))):
        out = os.path.join(folder, 'made-' + s)
        subprocess.run([apd_make, 'folder', os.path.join(source, 'testdata', 'scenarios', s), out],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for where, _, names in sorted(os.walk(out)):
            for n in sorted(names):
                if n.endswith('.evtx'):
                    with open(os.path.join(where, n), 'rb') as f:
                        data = one_chunk(f.read())
                    if data.count(b'**\0\0') > best.count(b'**\0\0'):
                        best = data
    return best


def output(*args):
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    return None if p.returncode < 0 else p.stdout.decode('utf-8', 'replace')


def ours(dump):
    def read(path):
        text = output(dump, path)
        return None if text is None else re.findall(r'^event\t.*\n(?:\t.*\n)*', text, re.M)
    return read


def peer(*command):
    def read(path):
        text = output(*command, path)
        return None if text is None else re.findall(r'<Event[ >].*?</Event>', text, re.S)
    return read


def readers(dump):
    out = collections.OrderedDict(apdiag=ours(dump))
    if shutil.which('evtx_dump'):
        out['evtx_dump'] = peer('evtx_dump', '-t', '1', '-o', 'xml', '--dont-show-record-number')
    if shutil.which('evtxexport'):
        out['evtxexport'] = peer('evtxexport', '-f', 'xml')
    return out


def main():
    args = sys.argv[1:]
    verbose = '-v' in args
    keep = args[args.index('-k') + 1] if '-k' in args else None
    dump, apd_make = args[0], args[1]
    tools = readers(dump)
    failed = False
    totals = {t: [0, 0] for t in tools}
    with tempfile.TemporaryDirectory() as folder:
        bases = collections.OrderedDict()
        sample_bases(bases)
        for n in SAMPLES:
            if n not in bases:
                print('%s: skipped, APD_DATA does not have it' % n)
        bases[MADE] = made_base(apd_make, folder)
        print('%-24s %-11s %8s %8s %8s' % ('log, 60 damaged copies', 'reader', 'there', 'sound', 'given'))
        for name, data in bases.items():
            path = os.path.join(folder, 'log.evtx')
            with open(path, 'wb') as f:
                f.write(data)
            whole = {t: collections.Counter(read(path)) for t, read in tools.items()}
            random = Random(1000 + (SAMPLES + (MADE,)).index(name))
            sound, given = collections.Counter(), collections.Counter()
            for i in range(COPIES):
                copy, changes = mutate(data, random)
                with open(path, 'wb') as f:
                    f.write(copy)
                if keep:
                    shutil.copy(path, os.path.join(keep, '%s-%02d.evtx' % (name.split('.')[0].replace(' ', '-'), i)))
                line = []
                for t, read in tools.items():
                    events = read(path)
                    if events is None:
                        print('%s: copy %d: %s did not end by itself' % (name, i, t))
                        failed = failed or t == 'apdiag'
                        continue
                    n = sum((collections.Counter(events) & whole[t]).values())
                    sound[t] += n
                    given[t] += len(events)
                    line.append('%s %d/%d' % (t, n, len(events)))
                if verbose:
                    print('  copy %d, %d changes: %s' % (i, changes, ', '.join(line)))
            for t in tools:
                print('%-24s %-11s %8d %8d %8d' % (name, t, COPIES * sum(whole[t].values()), sound[t], given[t]))
                totals[t][0] += sound[t]
                totals[t][1] += given[t]
            failed = failed or any(sound[t] > sound['apdiag'] or given[t] > given['apdiag'] for t in tools)
    for t in tools:
        print('%-24s %-11s %8s %8d %8d' % ('all', t, '', *totals[t]))
    if failed:
        print('a peer reads more, or this reader did not end')
    elif len(tools) == 1:
        print('skipped: neither evtx_dump nor evtxexport is installed, there is nobody to compare with')
    return 1 if failed else 77 if len(tools) == 1 else 0


if __name__ == '__main__':
    sys.exit(main())
