#!/bin/sh
# Arguments, exit codes, pipes and colours.
. "$(dirname "$0")/lib.sh"
example=$APD_SOURCE/testdata/examples/preprovisioning-failed.cab
good=$(ls "$APD_SOURCE"/testdata/good/*.zip "$APD_SOURCE"/testdata/good/*.cab 2>/dev/null | head -n 1)

run 2
says err 'no bundle given'
run 2 --no-such-option x.cab
says err 'unknown option --no-such-option'
run 2 --format xml "$example"
says err '--format wants term\|json'
run 2 rules explode
run 0 --help
says out 'Exit codes'
run 0 --version
says out '^apdiag [0-9]'
run 0 rules list
says out '^tpm-attestation-timeout '
[ "$(wc -l <"$work/out")" -ge 25 ] && ok || not_ok "fewer than 25 rules"

# several bundles: one after another, the exit code is the worst
run 1 "$good" "$example"
run 3 "$example" "$work/missing.cab" "$good"
says err 'missing.cab'
run 3 --format json "$example" "$work/missing.cab"
[ "$(wc -l <"$work/out")" = 2 ] && ok || not_ok "expected one JSON object a line"
run 0 --fail-on never "$example"

# no colour in a pipe, none with NO_COLOR, colour on request
says_not out "$(printf '\033')"
run 1 --color always "$example"
says out "$(printf '\033')\\[1;31m"
COLUMNS=60 "$APDIAG" "$example" >"$work/out"
awk 'length($0) > 75 && !/-->|:::|^(checked|not checked)/ {bad = 1} END {exit bad}' "$work/out" && ok || not_ok "lines wider than asked for"

# rules from a folder: added, replacing, and refused with their place
mkdir "$work/rules"
cat >"$work/rules/own-rule.yml" <<'YML'
rule: own-rule
title: The example asked for TPM attestation
phase: securing-hardware
severity: warning
strength: suggests
events:
  attempt: {log: autopilot, EventID: 177}
when: attempt
fix: [Nothing to do.]
tests:
  - name: found
    events: [{at: 0s, log: autopilot, EventID: 177}]
    expect: {found: true}
  - name: not found
    events: [{at: 0s, log: autopilot, EventID: 100}]
    expect: {found: false}
YML
run 1 --rules "$work/rules" "$example"
says out '\[own-rule\]'
run 0 rules check "$work/rules"
run 0 rules test "$work/rules"
says out '^2 passed, 0 failed'
sed -i 's/phase: securing-hardware/phase: securing-hardwear/' "$work/rules/own-rule.yml"
run 2 --rules "$work/rules" "$example"
says err 'own-rule.yml:3:[0-9]+: error: .*did you mean.*securing-hardware'
run 2 rules check "$work/rules"
run 2 --rules "$work/no-such-folder" "$example"
finish
