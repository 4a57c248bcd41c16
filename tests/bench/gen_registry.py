#!/usr/bin/env python3
"""Writes a registry file for measuring, in the proportions of real dumps: 5 values a key, of them 60 % numbers,
30 % texts, 7 % bytes.

    gen_registry.py dump|export MIB FILE     the same bytes for the same size, on any machine
"""
import random
import sys

AREAS = ["Update", "Browser", "DeviceLock", "Experience", "System", "Wifi", "Defender", "Privacy"]
NAMES = ["policytype", "regKeyPathRedirect", "Behavior", "LastWrite", "HighRange", "LowRange", "grouppolicyname",
         "MergeAlgorithm", "value", "WinningProvider", "ADMXInstanceData", "PolicyState"]


def main():
    export, size, path = sys.argv[1] == "export", int(sys.argv[2]) << 20, sys.argv[3]
    rng = random.Random(1)
    indent = "" if export else "    "

    def value():
        kind = rng.random()
        if kind < 0.6:
            return ("dword:%08x" if export else "DWORD:%08x") % rng.randrange(1 << 16)
        if kind < 0.9:
            text = "Software\\Policies\\Microsoft\\%s\\%x" % (rng.choice(AREAS), rng.getrandbits(40))
            return '"%s"' % (text.replace("\\", "\\\\") if export else text)
        if kind < 0.97:
            return "hex%s:%s" % ("" if export else "(3)", ",".join("%02x" % rng.randrange(256) for _ in range(20)))
        return "hex(b):01,00,00,00,00,00,00,00" if export else "QWORD:%x" % rng.randrange(1 << 24)

    written = 0
    with open(path, "w", 1 << 20, encoding="utf-16-le" if export else "ascii", newline="") as out:
        if export:
            out.write("\ufeffWindows Registry Editor Version 5.00\r\n\r\n")
        while written < size:
            lines = ["[HKEY_LOCAL_MACHINE\\software\\microsoft\\policymanager\\default\\%s\\%x]" %
                     (rng.choice(AREAS), rng.getrandbits(32))]
            lines += ['%s"%s"=%s' % (indent, name, value()) for name in rng.sample(NAMES, 5)]
            block = "\r\n".join(lines) + "\r\n\r\n"
            written += len(block) * (2 if export else 1)
            out.write(block)


if __name__ == "__main__":
    main()
