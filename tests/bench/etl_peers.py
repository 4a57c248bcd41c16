#!/usr/bin/env python3
"""Events of one trace by other readers: etl_peers.py etl-parser|dissect.etl FILE headers|fields

headers: each event as the reader hands it over, nothing asked of it. fields: its time, its provider and all of its
payload that the reader can decode. Prints the number of events. Exit 77: that reader is not installed."""
import sys


def etl_parser(path, fields):
    try:
        from etl.etl import IEtlFileObserver, build_from_stream
    except ImportError:
        return None

    class Observer(IEtlFileObserver):
        def __init__(self):
            self.n = 0

        def count(self, event, *ways):
            self.n += 1
            for way in ways if fields else ():
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


def dissect(path, fields):
    try:
        from dissect.etl import ETL
    except ImportError:
        return None
    n = 0
    for record in ETL(open(path, "rb")):
        n += 1
        if not fields:
            continue
        try:
            event = record.event
            event.ts(), event.provider_id(), event.event_values()
        except Exception:  # what it cannot decode it raises
            pass
    return n


count = {"etl-parser": etl_parser, "dissect.etl": dissect}[sys.argv[1]](sys.argv[2], sys.argv[3] == "fields")
if count is None:
    sys.exit(77)
print(count)
