#!/usr/bin/env python3
"""Writes a log in the format of the Intune Management Extension, for measuring.

    gen_ime_log.py MIB FILE     the same bytes for the same size, on any machine

The mix follows real logs: mostly one-line messages of 60 to 300 bytes with brackets, ids and JSON
in them, some of several lines, now and then a list of policies of many kilobytes. They speak of 300 apps and
scripts, as many as a busy device has.
"""
import random
import sys

LINES = [
    "[Win32App] checking rule {n} of app {id}",
    "[Win32App][V3Processor] subgraph {n} of {m} holds app ids: {id}, {id}",
    "[Win32App][ReportingManager] state of app {id} changed: {{\"OldValue\":{n},\"NewValue\":{m}}}",
    "[StatusService] app (id = {id}) has {n} of {m} bytes, session {n}",
    "[Proxy] no proxy for session {n}; took {m} ms!",
    "[HS] script {id} is due again at 11/{d}/2025 0{h}:00:00",
    "Sending request to https://gateway.example.test/SideCar('{id}') for user {id}",
    "Thread {n} waits for {m} ms",
    "[Flighting] key {n} has no value, its default is used",
]
BLOCK = "[Win32App][ActionProcessor] app {id} was evaluated:\r\n  detection: {n}\r\n  reboot: {m}\r\n  deadline: none"
POLICY = '{{"Id":"{id}","Name":"App {n}","Version":{m},"Intent":3,"Rule":"[{{\\"Type\\":{h}}}]"}}'
COMPONENTS = ["AppWorkload", "IntuneManagementExtension", "Win32AppInventory"]


def main():
    size, path = int(sys.argv[1]) << 20, sys.argv[2]
    rng = random.Random(1)

    ids = ["%08x-%04x-4000-8000-%012x" % (rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(48))
           for _ in range(300)]

    def fill(text):
        return text.format(id=rng.choice(ids), n=rng.randrange(100), m=rng.randrange(100000), d=rng.randrange(10, 29),
                           h=rng.randrange(1, 9))

    def message():
        kind = rng.random()
        if kind < 0.0005:
            return "Get policies = [%s]" % ",".join(fill(POLICY) for _ in range(rng.randrange(20, 300)))
        return fill(BLOCK) if kind < 0.03 else fill(rng.choice(LINES))

    written, tick = 0, 0
    with open(path, "wb", 1 << 20) as out:
        while written < size:
            tick += rng.randrange(1, 3000000)
            seconds = tick // 10000000
            line = '<![LOG[%s]LOG]!><time="%02d:%02d:%02d.%07d" date="11-%d-2025" component="%s" context="" ' \
                   'type="%d" thread="%d" file="">\r\n' % (
                       message(), seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, tick % 10000000,
                       1 + seconds // 86400 % 28, rng.choice(COMPONENTS),
                       rng.choice((1, 1, 1, 1, 1, 1, 1, 2, 3)), rng.randrange(1, 60))
            written += out.write(line.encode())


if __name__ == "__main__":
    main()
