#!/bin/sh
# Which room may include which: the same table as docs/architecture.md. Compilation enforces most of it through
# the include paths; this check adds what paths cannot say (single headers, outer libraries).
set -eu
cd "$(dirname "$0")/.."
fail=0

room_of_header() {
    for room in lib/base lib/event lib/io parsers lib/deploy lib/rule lib/report cmd; do
        [ -e "$room/$1" ] && { echo "$room"; return; }
    done
    echo unknown
}

allowed() { # room header-room header
    case "$1:$2" in
    cmd:*) ;;
    "$2:$2") ;;
    lib/event:lib/base | lib/io:lib/base) ;;
    parsers:lib/base | parsers:lib/event) ;;
    parsers:lib/io) [ "$3" = stream.h ] ;;
    lib/deploy:lib/base | lib/deploy:lib/event) ;;
    lib/rule:lib/base | lib/rule:lib/event | lib/rule:lib/deploy) ;;
    lib/report:lib/base | lib/report:lib/event | lib/report:lib/deploy) ;;
    lib/report:lib/rule) [ "$3" = finding.h ] ;;
    *) return 1 ;;
    esac
}

for room in lib/base lib/event lib/io parsers lib/deploy lib/rule lib/report cmd; do
    for file in "$room"/*.c "$room"/*.h; do
        [ -e "$file" ] || continue
        for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            from=$(room_of_header "$header")
            if ! allowed "$room" "$from" "$header"; then
                echo "$file: may not include $header ($from)"
                fail=1
            fi
        done
    done
done

# Each outer library has one room.
one_room() { # header-pattern rooms...
    pattern=$1
    shift
    for file in $(grep -lE "#include <($pattern)" lib/*/*.c lib/*/*.h parsers/*.c parsers/*.h cmd/*.c cmd/*.h 2>/dev/null); do
        ok=0
        for room in "$@"; do
            case "$file" in "$room"*) ok=1 ;; esac
        done
        [ $ok = 1 ] || { echo "$file: includes <$pattern>, which belongs to $*"; fail=1; }
    done
}
one_room 'archive' lib/io/
one_room 'libdeflate' parsers/evtx_chunk
one_room 'jansson' lib/base/jsondoc
one_room 'yaml' lib/rule/
one_room 'pcre2' lib/rule/
one_room 'libxml' parsers/xml.c
one_room 'pthread' cmd/turns

[ $fail = 0 ] && echo "include directions: ok"
exit $fail
