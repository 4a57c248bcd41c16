#!/bin/sh
# Speed as ratios against a floor or a peer of the same run. Minimum of several alternating runs; nothing here fails on
# a number, people read it. Wants a release build; inputs are generated below build/bench/ (up to 4 GB at a time).
#   run.sh [quick | PART [ARG...]]     quick: without the 1 GB log; PART: one function below, `model` for example
set -eu
cd "$(dirname "$0")/../.."
cmake --preset release -DAPD_TESTS=ON >/dev/null
cmake --build --preset release >/dev/null
apdiag=$PWD/build/release/cmd/apdiag
make=$PWD/build/release/tests/make/apd-make
dir=build/bench
mkdir -p $dir
export APD_SOURCE=$PWD

generate() { # FILE COMMAND...
    file=$1
    shift
    [ -s "$file" ] || { echo "writing $file" >&2; "$@"; }
}

row() { # measured rows on stdin -> table: name, min s, median s, MB/s of SIZE, peak MB
    awk -F'\t' -v size="$1" '{printf "  %-34s %8.3f s  median %8.3f s  %7.0f MB/s  %4d MB RSS\n", $1, $2, $3, size / $2 / 1e6, $4}'
}

ime() { # MIB
    mkdir -p "$dir/$1"
    file=$dir/$1/IntuneManagementExtension.log
    generate "$file" python3 tests/bench/gen_ime_log.py "$1" "$file"
    size=$(stat -c %s "$file")
    echo "IME log of $1 MiB, all rules (aim: 300 MB/s, under 40 MB)"
    python3 tests/bench/measure.py -n "$2" "wc -l=wc -l $file" "apdiag=$apdiag $file" | row "$size"
}

untracked() { # rules that replace all trackers by empty ones
    mkdir -p $dir/untracked/trackers
    for file in rules/trackers/*.yml; do
        name=$(basename "$file" .yml)
        printf 'tracker: %s\nnotes: {}\ntests: []\n' "$name" >"$dir/untracked/trackers/$name.yml"
    done
}

model_of() { # FILE: what trackers and model add, in processor time
    python3 tests/bench/measure.py -n 15 "parsing=$apdiag events --count $1" "rules=$apdiag --rules $dir/untracked $1" \
        "rules and model=$apdiag $1" >"$dir/rows"
    row "$(stat -c %s "$1")" <"$dir/rows"
    awk -F'\t' '{t[$1] = $5} END {model = t["rules and model"] - t["rules"]
        printf "  model : parsing %.2f\n  model : rules %.2f\n", model / t["parsing"], model / t["rules"]}' "$dir/rows"
    echo "  records: $("$apdiag" events --count "$1")"
}

model() { # a million records each
    untracked
    mkdir -p $dir/model
    file=$dir/model/IntuneManagementExtension.log
    generate "$file" python3 tests/bench/gen_ime_log.py 219 "$file"
    echo "deployment model on a million records of IME logs (aim: 0.30 of the parsing, under 64 MB)"
    model_of "$file"
    rm -f "$file"
    data=${APD_DATA:-../shared/data}/evtx
    [ -d "$data" ] || return 0
    file=$dir/model/mixed.evtx
    # shellcheck disable=SC2046
    generate "$file" python3 tests/bench/join_evtx.py "$file" 800 $(find "$data" -name '*.evtx' ! -name '* *' | LC_ALL=C sort)
    echo "deployment model on a million records of EVTX logs (aim: 0.30 of the parsing, under 64 MB)"
    model_of "$file"
    rm -f "$file"
}

registry() { # dump|export
    file=$dir/$1.reg
    generate "$file" python3 tests/bench/gen_registry.py "$1" 100 "$file"
    size=$(stat -c %s "$file")
    echo "registry $1 of 100 MiB, all rules, and as text (aim: 100 MB/s, under 60 MB)"
    python3 tests/bench/measure.py -n 5 "wc -l=wc -l $file" "apdiag=$apdiag $file" "events text=$apdiag events $file" | row "$size"
}

bundle() {
    file=$dir/big.zip
    generate "$file" "$make" write testdata/scenarios/big-2026-zip.yml "$file"
    size=$(bsdtar -xOf "$file" | wc -c)
    echo "bundle of the shape of 2026-zip (aim: at most twice bsdtar)"
    python3 tests/bench/measure.py -n 7 "bsdtar -xOf=bsdtar -xOf $file" "apdiag=$apdiag $file" >"$dir/rows"
    row "$size" <"$dir/rows"
    awk -F'\t' '{t[NR] = $2} END {printf "  ratio apdiag : bsdtar %.2f\n", t[2] / t[1]}' "$dir/rows"
}

report() { # MIB: MDMDiagReport.xml, mostly the catalogue of policies, as UTF-8 and as UTF-16
    mkdir -p $dir/report
    cat >$dir/report.yml <<YML
scenario: report
start: 2025-11-18T08:02:00Z
bundle: {kind: folder}
files: [{name: MDMDiagReport.xml, fill: mdm-report, size: $(($1 << 20))}]
YML
    file=$dir/report/MDMDiagReport.xml
    generate "$file" "$make" write $dir/report.yml $dir/report
    generate $dir/report/utf16.xml sh -c "iconv -t UTF-16 '$file' >$dir/report/utf16.xml"
    echo "MDMDiagReport.xml of $1 MiB (aim: 100 MB/s, as far as libxml2 goes, under 16 MB)"
    for file in $dir/report/MDMDiagReport.xml $dir/report/utf16.xml; do
        python3 tests/bench/measure.py -n 3 "$(basename "$file")=$apdiag $file" | row "$(stat -c %s "$file")"
    done
}

reports() { # MIB
    for kind in dsregcmd ipconfig certutil certreq devicehash; do
        mkdir -p "$dir/reports"
        file=$dir/reports/$kind.txt
        generate "$file" python3 tests/bench/gen_reports.py $kind "$1" "$file"
        echo "report of $kind, $1 MiB, all rules (aim: 100 MB/s, under 40 MB)"
        python3 tests/bench/measure.py -n 3 "apdiag=$apdiag $file" | row "$(stat -c %s "$file")"
    done
}

ratio() { # NAME OF NUMERATOR, NAME OF DENOMINATOR: from $dir/rows
    awk -F'\t' -v a="$1" -v b="$2" '{t[$1] = $2} END {if (t[a] && t[b]) printf "  %s : %s %.2f\n", a, b, t[a] / t[b]}' "$dir/rows"
}

evtx_of() { # NAME FILE...: logs joined to 512 MiB
    file=$dir/$1.evtx
    name=$1
    shift
    generate "$file" python3 tests/bench/join_evtx.py "$file" 512 "$@"
    size=$(stat -c %s "$file")
    echo "EVTX of 512 MiB, $name (aims: 1.5 times evtx_dump as JSON and XML; 2 GiB/s for all rules)"
    set -- "rules=$apdiag $file" "json=$apdiag events --format jsonl $file" "xml=$apdiag events --format xml $file" \
        "json -j 2=$apdiag events --format jsonl -j 2 $file"
    if command -v evtx_dump >/dev/null; then
        set -- "$@" "evtx_dump json=evtx_dump -t 1 -o jsonl $file" "evtx_dump xml=evtx_dump -t 1 -o xml $file"
    else
        echo "  skipped: evtx_dump (cargo install evtx) is not on PATH"
    fi
    python3 tests/bench/measure.py -n 5 "$@" >"$dir/rows"
    row "$size" <"$dir/rows"
    ratio "evtx_dump json" json
    ratio "evtx_dump xml" xml
    ratio "evtx_dump json" rules
    ratio json "json -j 2"
    rm -f "$file"
}

evtx() {
    data=${APD_DATA:-../shared/data}/evtx
    if [ -d "$data" ]; then
        evtx_of security "$data"/omerbenamram+evtx/samples/security.evtx
        # shellcheck disable=SC2046
        evtx_of mixed $(find "$data" -name '*.evtx' ! -name '* *' | LC_ALL=C sort)
    else
        rm -rf $dir/members
        "$make" folder testdata/scenarios/big-2026-zip.yml $dir/members
        evtx_of generated $dir/members/*.evtx
    fi
}

lines() {
    echo "line logs of 64 MiB, readers alone (aim: 100 MB/s), then with their fields"
    [ -d $dir/lines ] || python3 tests/bench/gen_line_logs.py 64 $dir/lines
    build/release/tests/unit/bench_text $dir/lines/*
    build/release/tests/unit/bench_text fields $dir/lines/*
}

per_second() { # EVENTS: rows of measure.py on stdin -> name, events/s, peak MB
    awk -F'\t' -v n="$1" '{printf "%s\t%.0f\t%d\n", $1, n / $2, $4}'
}

rates() { # what per_second says -> table
    awk -F'\t' '{printf "  %-34s %10d events/s  %4d MB RSS\n", $1, $2, $3}'
}

peer() { # NAME FILE headers|fields ROW...: its rate, and how often it goes into those of our rows that do the same work or more
    python=${APD_PYTHON:-python3}
    command="$python tests/bench/etl_peers.py $1 $2 $3"
    if ! $command >"$dir/events" 2>/dev/null || [ "$(cat "$dir/events")" = 0 ]; then
        echo "  skipped: $1 is not installed (pip install $1, APD_PYTHON names the interpreter), or fails on the trace"
        return
    fi
    python3 tests/bench/measure.py -n 3 "$1 $3=$command" | per_second "$(cat "$dir/events")" >"$dir/peer"
    rates <"$dir/peer"
    peer=$1
    work=$3
    shift 3
    for row; do
        awk -F'\t' -v row="$row" -v peer="$peer $work" 'NR == FNR {theirs = $2; next}
            $1 == row {printf "  %s : %s %.0f\n", row, peer, $2 / theirs}' "$dir/peer" "$dir/rates"
    done
}

etl_of() { # NAME FILE MIB: a trace, and itself again and again
    file=$dir/$1.etl
    generate "$file" python3 tests/bench/join_etl.py "$2" "$file" "$3" >/dev/null
    size=$(stat -c %s "$file")
    echo "ETL of $3 MiB, $1 (aims: 200 MB/s, 2 M events/s, 100 times each peer, under 32 MB)"
    python3 tests/bench/measure.py -n 5 "events=$apdiag events --count $file" "rules=$apdiag $file" \
        "all fields=$apdiag events --count --where ProcessID=4294967295 $file" "json=$apdiag events --format jsonl $file" >"$dir/rows"
    row "$size" <"$dir/rows"
    per_second "$("$apdiag" events --count "$file")" <"$dir/rows" >"$dir/rates"
    rates <"$dir/rates"
    for reader in etl-parser dissect.etl; do
        peer "$reader" "$2" headers events
        peer "$reader" "$2" fields "all fields" json
    done
    rm -f "$file"
}

etl() { # MIB
    data=${APD_DATA:-../shared/data}/etl/perfview/unzipped
    if [ -d "$data" ]; then
        etl_of eventsource "$data/diaghub-dotnetcore3.1-win-x64-diagsession/diaghub.user_paged.1.etl" "${1:-512}"
        etl_of compressed-kernel "$data/net.4.5.2.x64/net.4.5.2.x64.etl" 128
    else
        rm -rf $dir/traces
        "$make" folder testdata/scenarios/traces.yml $dir/traces
        etl_of generated $dir/traces/processors.etl 64
    fi
}

flat() {
    [ -d "${APD_DATA:-../shared/data}/evtx" ] || return 0
    file=$dir/4g.evtx
    echo "EVTX of 4 GiB: memory"
    python3 tests/bench/join_evtx.py "$file" 4096 "${APD_DATA:-../shared/data}"/evtx/omerbenamram+evtx/samples/security.evtx
    python3 tests/bench/measure.py -n 1 "rules=$apdiag $file" "json=$apdiag events --format jsonl $file" | row "$(stat -c %s "$file")"
    rm -f "$file"
}

case ${1:-} in
'' | quick) ;;
*)
    "$@"
    exit
    ;;
esac
ime 100 5
[ "${1:-}" = quick ] || ime 1024 2
model
reports 100
registry dump
registry export
bundle
report 256
lines
evtx
if [ "${1:-}" = quick ]; then etl 128; else etl 1024; fi
[ "${1:-}" = quick ] || flat
