"""Compares the members of a bundle (apdiag members --format csv) with the listing of a real one: the same names, but for
dates and the device's name, and the same sizes of all that is large.  layout_check.py LISTING MEMBERS [ADDED...]"""
import csv
import re
import sys

LARGE = 1 << 16  # below, sizes depend on names and dates inside


def shape(name):
    name = re.sub(r'devicehash_.*\.csv', 'devicehash_HOST.csv', name.lower())
    return re.sub(r'(_\d+){6}(?=\.etl)', '_DATE', name)


def wanted(path):
    rows = []
    with open(path, encoding='utf-8') as f:
        for line in f:
            size, name = line.strip().split(' ', 1)
            rows.append((shape(name), int(size)))
    return rows


def got(path):
    with open(path, encoding='utf-8', newline='') as f:
        rows = [(shape(r['path']), int(r['bytes'])) for r in csv.DictReader(f)]
    return [r for r in rows if r[0] not in sys.argv[3:]]


def large(rows):
    return sorted(r for r in rows if r[1] >= LARGE)


def main():
    want, have = wanted(sys.argv[1]), got(sys.argv[2])
    wrong = 0
    for what, a, b in (('name', sorted(n for n, _ in want), sorted(n for n, _ in have)), ('size', large(want), large(have))):
        for missing in sorted(set(a) - set(b)):
            print(f'{what} only in the listing: {missing}')
            wrong += 1
        for extra in sorted(set(b) - set(a)):
            print(f'{what} only in the bundle: {extra}')
            wrong += 1
        if len(a) != len(b):
            print(f'{what}s: {len(a)} in the listing, {len(b)} in the bundle')
            wrong += 1
    return wrong > 0


sys.exit(main())
