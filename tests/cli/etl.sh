#!/bin/sh
# Traces that apd-make writes, as apdiag events shows them. Needs APD_MAKE.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
scenario=$APD_SOURCE/testdata/scenarios/traces.yml
"$APD_MAKE" folder "$scenario" "$work/folder" || not_ok "the folder was not written"
"$APD_MAKE" write "$scenario" "$work/bundle.zip" || not_ok "the bundle was not written"

# lines FILE: what the events say behind the header's, without times: compared with standard input
lines() {
    run 0 events --format text "$work/folder/$1"
    says_not err .
    sed '1d; s/^[^ ]*  *//' "$work/out" >"$work/said"
    cat >"$work/expected"
    diff "$work/expected" "$work/said" >"$work/out" && ok || not_ok "$1 says something else"
}

# Four processors, out of order in the file; every kind of record.
lines processors.etl <<'END'
I etl -  First: n=1
I etl -  Second: n=2
I etl -  Third: n=3
- etl 3886  PerfInfo/Sample: Payload=0102030405060708
I etl 10  Image/Load: Payload=00000000
- etl 12  Payload=2A000000
END
lines ring.etl <<'END'
I etl -  Kept: n=2
I etl -  Kept: n=3
END
for packing in lznt1 huffman; do
    lines $packing.etl <<'END'
I etl -  Packed: text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
END
done
lines lz77.etl <<'END'
I etl -  Packed: text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
I etl -  Packed: text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab
END
lines merged.etl <<'END'
I etl 100  state 2, result 0x0 in D:\Data
E etl 101  it failed
END

# What the session tells of itself.
run 0 events --format jsonl "$work/folder/ring.etl"
json 'd["provider"] == "EventTrace" and d["data"]["EventName"] == "Session"'
json 'd["data"]["BuffersOverwritten"] == 1 and d["data"]["Unfinished"]'
run 0 events --format jsonl "$work/folder/old32.etl"
json 'd["data"]["PointerSize"] == 4 and d["data"]["Clock"] == "processor cycles" and not d["data"]["Unfinished"]'

# The live trace comes first in both; the merged one explains its events.
for bundle in folder bundle.zip; do
    run 0 events --format text --where 'EventID in [100, 101]' "$work/$bundle"
    says_not err .
    says out '^2025-11-18T08:00:10.000Z +I etl 100  state 3, result 0x80180014 in C:.Windows$'
    says out '^2025-11-18T09:00:00.000Z +E etl 101  it failed$'
    run 0 events --format text --where 'BackSeconds>0' "$work/$bundle"
    one_line out
    says out 'the clock went back 59 m 40 s here'
    run 0 events --count "$work/$bundle"
    says out '^28$'
done

# Nothing describes the events of a live trace but the event log beside it, which comes later.
"$APD_MAKE" folder "$APD_SOURCE/testdata/scenarios/traces-undescribed.yml" "$work/undescribed" || not_ok "the folder was not written"
"$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/traces-undescribed.yml" "$work/undescribed.zip" || not_ok "the bundle was not written"
run 0 events --format text "$work/undescribed/live.etl"
says out 'etl 20  Text=C:.Windows [|] @wVaX  Payload='
cat >"$work/expected" <<'END'
20  Where=C:\Windows  Result=0x80180014  Count=3  Account=S-1-5-21-1-2-3-500  Since=2025-11-18T08:00:00.0000000Z
21  Size=3  Bytes=AABBCC  State=2
22  Name=name  State=5
21  Payload=02000000AABBCC02
23  Text=only one  Payload=6F006E006C00790020006F006E0065000000
23  Text=first  Payload=66006900720073007400000041004200
23  Text=first | second  Payload=6600690072007300740000007300650063006F006E0064000000
24  Payload=AABB41000000
END
for bundle in undescribed undescribed.zip; do
    run 0 events --format text --log etl "$work/$bundle"
    says_not err .
    sed '1d; s/^.* etl //' "$work/out" >"$work/said"
    diff "$work/expected" "$work/said" >"$work/out" && ok || not_ok "events without a description say something else"
done

# From standard input nothing can be sought in.
"$APDIAG" events --format text - <"$work/folder/processors.etl" >"$work/stdin"
"$APDIAG" events --format text "$work/folder/processors.etl" >"$work/out"
cmp "$work/stdin" "$work/out" && ok || not_ok "standard input gives other events"

# Cut short: what is there is read, and what is not is said.
head -c 20000 "$work/folder/processors.etl" >"$work/cut.etl"
run 0 events --format text "$work/cut.etl"
says out 'First: n=1'
finish
