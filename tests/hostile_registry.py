#!/usr/bin/env python3
"""Writes registry files that no device would write.

    hostile_registry.py KIND SIZE FILE     line (one value of SIZE bytes), keys (SIZE keys), values (SIZE values of one key),
                                           deep (a key of SIZE components), wide (UTF-16 with lone surrogates and NULs)
"""
import sys


def main():
    kind, size, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, "wb", 1 << 20) as out:
        if kind == "line":
            out.write(b'[HKEY_LOCAL_MACHINE\\software\\a]\r\n    "x"="')
            for _ in range(size >> 16):
                out.write(b"y" * 65536)
            out.write(b'"\r\n    "behind"=DWORD:00000001\r\n')
        elif kind == "keys":
            for i in range(size):
                out.write(b'[HKEY_LOCAL_MACHINE\\software\\a\\%d]\r\n    "n%d"=DWORD:%08x\r\n' % (i, i, i))
        elif kind == "values":
            out.write(b"[HKEY_LOCAL_MACHINE\\software\\a]\r\n")
            for i in range(size):
                out.write(b'    "n%d"=DWORD:%08x\r\n' % (i, i))
        elif kind == "deep":
            out.write(b"[HKEY_LOCAL_MACHINE" + b"\\a" * size + b']\r\n    "x"="1"\r\n')
        elif kind == "wide":
            out.write(b"\xff\xfe" + "Windows Registry Editor Version 5.00\r\n".encode("utf-16-le"))
            for i in range(size):
                out.write("[HKEY_USERS\\a]\r\n\"x".encode("utf-16-le") + b"\x00\xd8\x00\x00" +
                          '"="\0y"\r\n'.encode("utf-16-le"))
        else:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
