#!/bin/sh
# Speed as ratios against a floor or a peer of the same run. Minimum of several alternating runs; nothing here fails on
# a number, people read it. Wants a release build; inputs are generated below build/bench/ (about 2.5 GB).
#   run.sh [quick]     quick: without the 1 GB log
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

bundle() {
    file=$dir/big.zip
    generate "$file" "$make" write testdata/scenarios/big-2026-zip.yml "$file"
    size=$(bsdtar -xOf "$file" | wc -c)
    echo "bundle of the shape of 2026-zip (aim: at most twice bsdtar)"
    python3 tests/bench/measure.py -n 7 "bsdtar -xOf=bsdtar -xOf $file" "apdiag=$apdiag $file" >"$dir/rows"
    row "$size" <"$dir/rows"
    awk -F'\t' '{t[NR] = $2} END {printf "  ratio apdiag : bsdtar %.2f\n", t[2] / t[1]}' "$dir/rows"
}

evtx() {
    file=$dir/logs.evtx
    [ -s "$file" ] || {
        rm -rf $dir/members
        "$make" folder testdata/scenarios/big-2026-zip.yml $dir/members >/dev/null
        python3 tests/bench/join_evtx.py "$file" 64 $dir/members/*.evtx
    }
    size=$(stat -c %s "$file")
    echo "EVTX of $((size >> 20)) MiB, all rules without output"
    peer=
    command -v evtx_dump >/dev/null && peer="evtx_dump -t 1 -o jsonl"
    set -- "apdiag=$apdiag $file"
    [ -z "$peer" ] || set -- "evtx_dump jsonl=$peer $file" "$@"
    python3 tests/bench/measure.py -n 7 "$@" | row "$size"
}

ime 100 5
[ "${1:-}" = quick ] || ime 1024 2
bundle
evtx
