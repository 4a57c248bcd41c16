#!/usr/bin/env python3
"""Events of one trace by other readers, with all that they decode: etl_peers.py etl-parser|dissect.etl FILE

Prints the number of events. Exit 77: that reader is not installed."""
import sys


def etl_parser(path):
    try:
        from etl.etl import IEtlFileObserver, build_from_stream
    except ImportError:
        return None

    class Observer(IEtlFileObserver):
        def __init__(self):
            self.n = 0

        def count(self, event, *ways):
            self.n += 1
            for way in ways:
                try:
                    return getattr(event, way)()
                except Exception:  # what it cannot decode it raises
                    continue
            return None

        def on_system_trace(self, event):
            self.count(event, "get_mof")

        def on_perfinfo_trace(self, event):
            self.count(event, "get_mof")

        def on_trace_record(self, event):
            self.count(event)

        def on_event_record(self, event):
            self.count(event, "parse_tracelogging", "parse_etw")

        def on_win_trace(self, event):
            self.count(event, "parse_etw")

    observer = Observer()
    build_from_stream(open(path, "rb").read()).parse(observer)
    return observer.n


def dissect(path):
    try:
        from dissect.etl import ETL
    except ImportError:
        return None
    n = 0
    for event in ETL(open(path, "rb")):
        n += 1
        try:
            event.event_values()
        except Exception:  # what it cannot decode it raises
            pass
    return n


count = {"etl-parser": etl_parser, "dissect.etl": dissect}[sys.argv[1]](sys.argv[2])
if count is None:
    sys.exit(77)
print(count)
