#!/bin/sh
# Guards instruction counts (callgrind): the cost of one more record, as the difference between a log and a longer one, so
# that starting the program does not count. Fails when a count is more than a tenth above tests/bench/instructions.tsv;
# `--update` records them anew.
# usage: instructions.sh BENCH_EVTX APDIAG APD_MAKE [--update]
set -eu
bench=$1
apdiag=$2
make=$3
here=$APD_SOURCE/tests/bench
table=$here/instructions.tsv
command -v valgrind >/dev/null 2>&1 || { echo "skipped: valgrind is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$make" folder "$APD_SOURCE/testdata/scenarios/good-user-driven-success.yml" "$work/logs"
python3 "$here/join_evtx.py" "$work/short.evtx" 1 "$work"/logs/*.evtx
python3 "$here/join_evtx.py" "$work/long.evtx" 3 "$work"/logs/*.evtx
python3 "$here/gen_ime_log.py" 1 "$work/short.log"
python3 "$here/gen_ime_log.py" 3 "$work/long.log"

"$make" folder "$APD_SOURCE/testdata/scenarios/traces.yml" "$work/traces"
python3 "$here/join_etl.py" "$work/traces/merged.etl" "$work/short.etl" 1 >/dev/null
python3 "$here/join_etl.py" "$work/traces/merged.etl" "$work/long.etl" 3 >/dev/null

count() { # COMMAND...: instructions
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

records() {
    "$apdiag" events --count "$1"
}

measure() { # NAME SHORT LONG COMMAND...: the file's name goes behind the command
    name=$1
    short=$2
    long=$3
    shift 3
    more=$(($(records "$long") - $(records "$short")))
    echo "$name	$((($(count "$@" "$long") - $(count "$@" "$short")) / more))"
}

{
    for mode in events fields json xml; do
        measure "evtx-$mode" "$work/short.evtx" "$work/long.evtx" "$bench" $mode
    done
    measure diagnose-evtx "$work/short.evtx" "$work/long.evtx" "$apdiag"
    measure etl-count "$work/short.etl" "$work/long.etl" "$apdiag" events --count
    measure etl-fields "$work/short.etl" "$work/long.etl" "$apdiag" events --count --where ProcessID=4294967295
    measure etl-json "$work/short.etl" "$work/long.etl" "$apdiag" events --format jsonl
    measure diagnose-etl "$work/short.etl" "$work/long.etl" "$apdiag"
    measure diagnose-ime "$work/short.log" "$work/long.log" "$apdiag"
} >"$work/now"

if [ "${4:-}" = --update ]; then
    { echo "# what	instructions a record (gcc 12, release)"; cat "$work/now"; } >"$table"
fi
awk -F'\t' '
    FNR == NR { if ($0 !~ /^#/) allowed[$1] = $2; next }
    {
        worse = $2 > allowed[$1] * 1.1
        printf "%-14s %7d  recorded %7d%s\n", $1, $2, allowed[$1], worse ? "  TOO MANY" : ""
        bad += worse
    }
    END { exit bad > 0 || FNR < 10 }' "$table" "$work/now"
