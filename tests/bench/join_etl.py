#!/usr/bin/env python3
"""One large trace out of a small one: join_etl.py IN OUT MIB

The header buffer, then the others again and again with rising sequence numbers. Each time round the clock goes
back to where it was, which the reader takes for a clock that was set."""
import struct
import sys


def buffers(data):
    at = 0
    while at + 0x48 <= len(data):
        size = struct.unpack_from("<I", data, at)[0]
        yield bytearray(data[at:at + size])
        at += size


def main():
    source, target, mib = sys.argv[1], sys.argv[2], int(sys.argv[3])
    first, *rest = buffers(open(source, "rb").read())
    numbers = [struct.unpack_from("<Q", b, 0x18)[0] for b in rest]
    span = max(numbers) - min(numbers) + 1
    total = 0
    with open(target, "wb") as out:
        out.write(first)
        for lap in range(1 << 30):
            for number, buffer in zip(numbers, rest):
                struct.pack_into("<Q", buffer, 0x18, number + lap * span)
                out.write(buffer)
                total += len(buffer)
            if total >= mib << 20:
                break
    print(lap + 1)


main()
