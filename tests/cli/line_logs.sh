#!/bin/sh
# Real logs of lines, counted independently: as many records with a time as lines that grep takes for the start of a record,
# and no line of text lost. Wants APD_DATA, a folder of other people's logs.
. "$(dirname "$0")/lib.sh"
data=$APD_DATA
if [ ! -d "$data/panther" ]; then
    skip "no folder of real logs (APD_DATA)"
    finish
fi

utf8() { # FILE: its text as UTF-8, without byte order marks
    case $(head -c 2 "$1" | od -An -tx1 | tr -d ' ') in
    fffe) iconv -f UTF-16 -t UTF-8 "$1" ;;
    *) cat "$1" ;;
    esac | sed 's/^\xef\xbb\xbf//'
}

# Words of the file that no record has: a line may be joined to the one before, but not vanish.
lost_lines() { # FILE: also leaves its records and its text in $work
    "$APDIAG" events --format jsonl "$1" >"$work/records" 2>"$work/err"
    utf8 "$1" >"$work/text"
    python3 - "$work/records" "$work/text" <<'PY'
import json, sys
seen = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
kept = "\n".join(" ".join([r["message"]] + [str(v) for v in r.get("data", {}).values()]) for r in seen)
lines = [l.strip() for l in open(sys.argv[2], encoding="utf-8", errors="replace") if l.strip()]
tail = lambda l: l[-24:].split("  ")[-1].strip()  # behind the columns at its front, which become fields
print(sum(tail(l) not in kept for l in lines if "\ufffd" not in tail(l)))
PY
}

check() { # PATTERN FILE...
    pattern=$1
    shift
    for file; do
        [ -f "$file" ] || continue
        lost=$(lost_lines "$file")
        starts=$(grep -acE "$pattern" "$work/text")
        records=$(grep -c '"time":"' "$work/records")
        echo "$starts $records $lost $(basename "$file")" >>"$work/table"
        if [ "$starts" = "$records" ] && [ "$lost" = 0 ]; then ok; else
            not_ok "$file: $starts lines begin a record, $records came out, $lost lines lost"
        fi
    done
}

s4=$data/panther/jtmoon79+super-speedy-syslog-searcher/logs/Windows10Pro
iso='^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}, '
check "$iso" "$s4"/CBS/CBS.log "$s4"/DISM/dism.log "$s4"/Panther/NewOs/Panther/setup*.log "$s4"/System32/LogFiles/setupcln/setup*.log \
    "$data"/panther/logpai+loghub/Windows/Windows_2k.log
check '^[0-9]+/[0-9]+/[0-9]{4} [0-9:]+ -' "$s4"/PFRO.log
check '^\{[0-9A-F-]+\}	' "$s4"/SoftwareDistribution/ReportingEvents.log
check '^\[[0-9]{2}/[0-9]{2}/[0-9]{4} ' "${s4%10Pro}11Pro/setupact.log"
find "$data/panther" "$data/cmtrace" -type f -name 'setupapi*.log' >"$work/list"
while read -r f; do check '^>>>  Section start ' "$f"; done <"$work/list"
awk '{s += $1; r += $2; f++} END {printf "  %d files, %d lines that begin a record, %d records\n", f, s, r}' "$work/table"
finish
