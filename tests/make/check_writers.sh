#!/bin/sh
# Asks other programs whether what apd-make writes is what it says.
# usage: check_writers.sh PART APD-MAKE     PART: evtx | archives | shipped | scenarios | update
# Exit 0 fine, 1 a difference, 77 nothing could be checked for want of tools.
# `update` writes the bundles that are kept in the source tree anew.
set -eu
part=$1
make=$2
source=${APD_SOURCE:?set it to the source tree}
here=$source/tests/make
scenarios=$source/testdata/scenarios
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The bundles that are kept: scenario, file.
shipped() {
    echo "preprov-tpm-attestation-timeout examples/preprovisioning-failed.cab"
    echo "good-user-driven-success good/user-driven-success.zip"
    echo "good-never-enrolled good/never-enrolled.zip"
}

have() { command -v "$1" >/dev/null 2>&1; }
skip() { echo "skipped: $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# Python with the Evtx module, where there is one.
evtx_python() {
    for p in /usr/bin/python3 python3; do
        if "$p" -c 'import Evtx.Evtx' 2>/dev/null; then echo "$p"; return; fi
    done
}

small_scenarios() {
    for f in "$scenarios"/*.yml; do
        case $f in */big-*) ;; *) echo "$f" ;; esac
    done
}

# compare_evtx SCENARIO [--python]
compare_evtx() {
    rm -rf "$work/members"
    "$make" folder "$1" "$work/members"
    "$make" records "$1" >"$work/records"
    said=$("$python" "$here/check_evtx.py" "$work/records" "$work/members" ${2:-} 2>&1) ||
        fail "$(basename "$1"): $said"
    echo "$(basename "$1"): $said"
}

check_evtx() {
    have evtxexport || { skip "evtxexport (libevtx-utils) is not installed"; exit 77; }
    python=$(evtx_python)
    option=--python
    if [ -z "$python" ]; then
        skip "python-evtx is not installed; libevtx alone is asked"
        python=python3
        option=
    fi
    for s in writer-types preprov-tpm-attestation-timeout good-never-enrolled; do
        compare_evtx "$scenarios/$s.yml" $option
    done
    have evtxinfo || { skip "evtxinfo is not installed"; return 0; }
    check_version writer-types 3.1
    check_version preprov-tpm-attestation-timeout 3.2
}

check_version() {
    "$make" folder "$scenarios/$1.yml" "$work/$2"
    for f in "$work/$2"/*.evtx; do
        evtxinfo "$f" >"$work/info" || fail "evtxinfo refuses $f"
        grep -q "Version.*: $2" "$work/info" || fail "evtxinfo sees another version in $f"
        grep -q 'recovered records.*: 0' "$work/info" || fail "evtxinfo had to recover records of $f"
        if grep -qi corrupt "$work/info"; then fail "evtxinfo finds $f corrupt"; fi
    done
}

check_scenarios() {
    have evtxexport || { skip "evtxexport (libevtx-utils) is not installed"; exit 77; }
    python=python3
    small_scenarios >"$work/list"
    while read -r f; do
        compare_evtx "$f"
        "$make" write "$f" "$work/one"
        "$make" write "$f" "$work/two"
        cmp "$work/one" "$work/two" || fail "$f gives other bytes the second time"
        "$make" expect "$f" | grep -Eq '^(diagnosis|found|silent)=' || fail "$f expects nothing"
        rm -f "$work/one" "$work/two"
    done <"$work/list"
}

# same_files DIR: what was unpacked there equals what was packed.
same_files() { diff -r "$work/plain" "$1" >/dev/null || fail "$2 unpacks other bytes"; }

# unpack TOOL ARCHIVE: tests and unpacks; false if the tool is missing.
unpack() {
    rm -rf "$work/out"
    mkdir "$work/out"
    case $1 in
    cabextract) cabextract -q -t "$2" >/dev/null && cabextract -q -d "$work/out" "$2" ;;
    bsdtar) bsdtar tf "$2" >/dev/null && bsdtar xf "$2" -C "$work/out" ;;
    gcab) gcab -t "$2" >/dev/null && gcab -x -C "$work/out" "$2" >/dev/null ;;
    unzip) unzip -tq "$2" >/dev/null && unzip -q "$2" -d "$work/out" ;;
    esac
}

check_archives() {
    asked=0
    # Real members, and what packers find hard: nothing, one byte, one block and one byte, zeros, noise.
    "$make" folder "$scenarios/writer-types.yml" "$work/members"
    mkdir "$work/plain"
    cp "$work"/members/*.evtx "$work"/members/*.log "$work/members/noise.bin" "$work/plain"
    : >"$work/plain/nothing"
    printf x >"$work/plain/one-byte"
    head -c 32769 "$work/members/noise.bin" >"$work/plain/block-and-one"
    head -c 2000000 /dev/zero >"$work/plain/zeros"
    cat "$work"/plain/*.evtx "$work"/plain/*.log >"$work/plain/repeats"
    for how in 'cab stored' 'cab mszip' 'cab lzx' 'zip stored' 'zip deflate'; do
        # shellcheck disable=SC2086
        "$make" ${how% *} ${how#* } "$work/archive.${how% *}" "$work"/plain/*
        tools='cabextract bsdtar gcab'
        [ "${how% *}" = cab ] || tools='bsdtar unzip'
        for tool in $tools; do
            have "$tool" || { skip "$tool is not installed"; continue; }
            unpack "$tool" "$work/archive.${how% *}" || fail "$tool refuses $how"
            same_files "$work/out" "$tool, $how,"
            asked=$((asked + 1))
            echo "$how: $tool agrees"
        done
    done
    [ "$asked" -gt 0 ] || exit 77
    check_folders_and_windows
    check_nested
}

# Several folders in one cabinet, and a small window, which the pack command does not offer.
check_folders_and_windows() {
    have cabextract || return 0
    for s in writer-types net-no-internet; do
        "$make" write "$scenarios/$s.yml" "$work/bundle"
        cabextract -q -t "$work/bundle" >/dev/null || fail "cabextract refuses $s"
        echo "$s: cabextract agrees"
    done
}

check_nested() {
    have bsdtar || return 0
    "$make" write "$scenarios/nested-cab-zip-cab.yml" "$work/outer"
    bsdtar xOf "$work/outer" 'DiagLogs*.zip' >"$work/middle.zip"
    bsdtar xOf "$work/middle.zip" '(74)*' >"$work/inner.cab"
    "$make" write "$scenarios/preprov-tpm-attestation-timeout.yml" "$work/example.cab"
    cmp "$work/inner.cab" "$work/example.cab" || fail "the nested bundle is not the example"
    echo "nested: the innermost CAB is the example"
}

# Another zlib may pack the same bytes in another way; then the content decides.
check_shipped() {
    status=0
    shipped >"$work/list"
    while read -r scenario file; do
        "$make" write "$scenarios/$scenario.yml" "$work/new"
        kept=$source/testdata/$file
        if cmp -s "$work/new" "$kept"; then
            echo "$file: same bytes"
            continue
        fi
        have bsdtar || { skip "$file: other bytes, and bsdtar is not there to compare the content"; status=77; continue; }
        rm -rf "$work/a" "$work/b"
        mkdir "$work/a" "$work/b"
        bsdtar xf "$work/new" -C "$work/a"
        bsdtar xf "$kept" -C "$work/b"
        diff -r "$work/a" "$work/b" ||
            fail "$file is not what $scenario.yml gives; build the target shipped-bundles"
        echo "$file: same content, packed differently by this zlib"
    done <"$work/list"
    return $status
}

update_shipped() {
    shipped | while read -r scenario file; do
        mkdir -p "$(dirname "$source/testdata/$file")"
        "$make" write "$scenarios/$scenario.yml" "$source/testdata/$file"
        echo "$file"
    done
}

case $part in
evtx) check_evtx ;;
archives) check_archives ;;
shipped) check_shipped ;;
scenarios) check_scenarios ;;
update) update_shipped ;;
*) fail "there is no part $part" ;;
esac
