#!/usr/bin/env python3
"""join_evtx.py OUT MIB FILE...: one large EVTX from the chunks of others, repeated until it has that size. Chunks need
nothing outside themselves, so the result is a sound log (record ids repeat)."""
import struct
import sys
import zlib

CHUNK = 65536


def is_sound(chunk):
    """Signature, records, and both checksums: a damaged chunk would measure the search behind damage."""
    end, data_sum = struct.unpack_from("<II", chunk, 48)
    if not chunk.startswith(b"ElfChnk\0") or not 512 < end <= CHUNK:
        return False
    header_sum = struct.unpack_from("<I", chunk, 124)[0]
    return zlib.crc32(chunk[:120] + chunk[128:512]) == header_sum and zlib.crc32(chunk[512:end]) == data_sum


def live_chunks(path):
    data = open(path, "rb").read()
    for at in range(4096, len(data) - CHUNK + 1, CHUNK):
        chunk = data[at : at + CHUNK]
        if is_sound(chunk):
            yield chunk


def main():
    out, size, files = sys.argv[1], int(sys.argv[2]) << 20, sys.argv[3:]
    chunks = [c for f in files for c in live_chunks(f)]
    count = max(1, size // CHUNK)
    header = bytearray(4096)
    struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, count - 1, 1, 128, 1, 3, 4096, count & 0xFFFF)
    struct.pack_into("<I", header, 124, zlib.crc32(bytes(header[:120])))
    with open(out, "wb") as f:
        f.write(header)
        for i in range(count):
            f.write(chunks[i % len(chunks)])


main()
