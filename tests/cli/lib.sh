# Shared by the command line tests: sourced, not run. APDIAG is the program, APD_SOURCE the source tree, APD_DATA the
# folder with other people's samples (may be absent).
set -u
: "${APDIAG:?}" "${APD_SOURCE:?}"
APD_DATA=${APD_DATA:-$APD_SOURCE/../shared/data}
unset NO_COLOR COLUMNS
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
passed=0
failed=0
skipped=0
record=${1:-} # --update: outputs are recorded anew

ok() {
    passed=$((passed + 1))
}

not_ok() {
    failed=$((failed + 1))
    echo "FAILED: $*"
    [ ! -s "$work/out" ] || sed 's/^/  out: /' "$work/out" | head -n 20
    [ ! -s "$work/err" ] || sed 's/^/  err: /' "$work/err" | head -n 20
}

# run EXPECTED_EXIT ARGS...: keeps output in $work/out and $work/err.
run() {
    expected=$1
    shift
    "$APDIAG" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    if [ "$status" = "$expected" ]; then ok; else not_ok "apdiag $*: exit $status, expected $expected"; fi
    if grep -qE 'AddressSanitizer|runtime error|LeakSanitizer' "$work/err"; then not_ok "apdiag $*: sanitizer report"; fi
}

# says out|err PATTERN (extended, case-sensitive)
says() {
    if grep -qE -- "$2" "$work/$1"; then ok; else not_ok "expected in $1: $2"; fi
}

says_not() {
    if grep -qE -- "$2" "$work/$1"; then not_ok "not expected in $1: $2"; else ok; fi
}

# one_line err: exactly one line there
one_line() {
    if [ "$(wc -l <"$work/$1")" = 1 ]; then ok; else not_ok "expected one line in $1"; fi
}

# json EXPRESSION: a Python expression over `d`, the first object of $work/out, must be true.
json() {
    if python3 - "$work/out" "$1" <<'PY'; then ok; else not_ok "json: $1"; fi
import json, sys
d = json.loads(open(sys.argv[1], encoding="utf-8").readline())
sys.exit(0 if eval(sys.argv[2]) else 1)
PY
}

# keeps_schema NAME: every line of $work/out is valid by docs/schema/NAME.json.
keeps_schema() {
    if python3 - "$APD_SOURCE/docs/schema/$1.json" "$work/out" 2>"$work/err" <<'PY'; then ok; else not_ok "schema $1"; fi
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
for line in open(sys.argv[2], encoding="utf-8"):
    jsonschema.validate(json.loads(line), schema)
PY
}

# as_recorded NAME COLUMNS ARGS...: the output is that of testdata/golden/NAME.txt. COLUMNS - : no width is set.
as_recorded() {
    golden=$APD_SOURCE/testdata/golden/$1.txt
    [ "$2" = - ] || export COLUMNS="$2"
    shift 2
    "$APDIAG" "$@" >"$work/term" 2>&1
    unset COLUMNS
    [ "$record" != --update ] || cp "$work/term" "$golden"
    if diff -u "$golden" "$work/term" >"$work/out"; then ok; else not_ok "output differs from ${golden#"$APD_SOURCE"/}"; fi
}

have() {
    command -v "$1" >/dev/null 2>&1
}

skip() {
    echo "skipped: $*"
    skipped=$((skipped + 1))
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ $((passed + skipped)) -gt 0 ]
    exit
}
