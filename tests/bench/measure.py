#!/usr/bin/env python3
"""Times commands side by side: measure.py [-n RUNS] NAME=COMMAND... prints the minimum and median of wall seconds, the
largest resident set and the minimum of processor seconds of each, as tab-separated rows. Commands run alternately, so
that noise meets all of them."""
import resource, statistics, subprocess, sys, time, os


def once(command):
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvp("sh", ["sh", "-c", "exec " + command])
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0 or code > 1:
        sys.exit(f"failed ({code}): {command}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def main():
    args = sys.argv[1:]
    runs = 5
    if args[:1] == ["-n"]:
        runs, args = int(args[1]), args[2:]
    commands = [a.split("=", 1) for a in args]
    results = {name: [] for name, _ in commands}
    for _ in range(runs):
        for name, command in commands:
            results[name].append(once(command))
    for name, values in results.items():
        seconds = [v[0] for v in values]
        print(f"{name}\t{min(seconds):.3f}\t{statistics.median(seconds):.3f}\t{max(v[1] for v in values):.0f}\t{min(v[2] for v in values):.3f}")


main()
