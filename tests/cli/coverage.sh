#!/bin/sh
# apdiag coverage: states, remarks and limits; JSON that keeps its schema; the shipped example as recorded.
# `coverage.sh --update` records it anew.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
cd "$APD_SOURCE/testdata/examples" || exit 1

as_recorded coverage 160 coverage preprovisioning-failed.cab

run 0 coverage preprovisioning-failed.cab
says out '^Shell-Core event log +present +147 2025-11-18 08:02:58Z 2025-11-18 08:29:40Z UTC'
says out '^Application event log +empty'
says out '^limits of the diagnosis of tpm-attestation-timeout:'
says out 'AppWorkload.log is not in this bundle: installs of Win32 and WinGet apps cannot be seen'
run 0 coverage --format json preprovisioning-failed.cab
keeps_schema coverage-1
json 'd["finding"] == "tpm-attestation-timeout"'
json '[s["records"] for s in d["sources"] if s["source"] == "Shell-Core event log"] == [147]'
json '[l["log"] for l in d["limits"] if l["kind"] == "absent"] == ["ime-apps"]'

# The diagnosis says the same limits.
run 1 --format json preprovisioning-failed.cab
keeps_schema diagnosis-1
json '[l["text"] for l in d["limits"]] and "AppWorkload.log is not in this bundle" in d["limits"][0]["text"]'
run 1 preprovisioning-failed.cab
says out '^limit: AppWorkload.log is not in this bundle'

# Logs that begin too late, are rotated, overwritten, renamed, or none of ours.
cat >"$work/late.yml" <<'YML'
scenario: late
about: an app fails; the log of apps begins 52 minutes later, and the event log has lost its older records
start: 2025-11-18T08:00:00Z
seed: 5
device: {computer: PC-1}
logs:
  - {log: mdm, first_record: 1}
events:
  - {at: 0s, log: shell-core, EventID: 62404, CXID: AutoPilotPrefetch}
  - {at: 1m, log: mdm, EventID: 72}
  - {at: 8m, log: autopilot, EventID: 298, HRESULT: 0x80070652, Message1: x, Message2: 'App'}
  - {at: 9m, log: autopilot, EventID: 100, Message1: a}
  - {at: 10m, log: shell-core, EventID: 62407, Name: 'CommercialOOBE_ESPDeviceSetup_ApplicationsInstallation_Failed', Value: '{"errorCode":2147943860}'}
ime:
  - {at: 62m, log: AppWorkload, message: 'hello'}
  - {at: 70m, log: AppWorkload-20251118-090000, message: 'older name, newer line'}
  - {at: 71m, log: SomethingElse, message: 'hello'}
bundle: {kind: zip, compression: deflate}
expect: {exit: 1}
YML
if "$APD_MAKE" write "$work/late.yml" "$work/late.zip" 2>"$work/err"; then ok; else not_ok "late.yml was not written"; fi
run 0 coverage "$work/late.zip"
says out '^AppWorkload.log +present +2 .* local +2 files'
says out '^SomethingElse +present +1 '
says out 'AppWorkload.log.* local time without its offset'
run 0 coverage --format json "$work/late.zip"
keeps_schema coverage-1
json '[s["files"] for s in d["sources"] if s["source"] == "AppWorkload.log"] == [["AppWorkload.log", "AppWorkload-20251118-090000.log"]]'
json '[l["source"] for l in d["logs"] if l["log"] == "SomethingElse"] == [""]'

# The same with the offset in every line: now it is known by how much.
"$APD_MAKE" folder "$work/late.yml" "$work/late" 2>"$work/err"
sed -i 's/\(time="[0-9:.]*\)"/\1+000"/' "$work"/late/*.log
run 0 coverage "$work/late"
says out 'AppWorkload.log begins 52 m 00 s after the ESP failed: installs of Win32 and WinGet apps before that cannot be seen'
run 1 "$work/late"
says out '^limit: AppWorkload.log begins 52 m 00 s after the ESP failed'

# A single log, a damaged one, and what cannot be read.
run 0 coverage "$work/late/AppWorkload.log"
says out '^AppWorkload.log +present'
head -c 5000 "$work/late/microsoft-windows-shell-core-operational.evtx" >"$work/late/microsoft-windows-shell-core-operational.evtx.cut"
mv "$work/late/microsoft-windows-shell-core-operational.evtx.cut" "$work/late/microsoft-windows-shell-core-operational.evtx"
run 0 coverage "$work/late"
says out '^Shell-Core event log +not read'
run 3 coverage "$work/missing.cab"
one_line err

# usage
run 2 coverage
says err 'no bundle given'
run 2 coverage --format csv preprovisioning-failed.cab
says err '--format wants term\|json'
run 2 coverage --nonsense preprovisioning-failed.cab
run 2 coverage --rules "$work/no-such-folder" preprovisioning-failed.cab
run 0 coverage --help
says out 'not asked for'
run 0 help coverage

# a table of sources of one's own
mkdir "$work/own"
printf 'Our agent\t-\tSomethingElse*.log\t-\t-\t-\t-\t-\twhat our agent does\n' >"$work/own/sources.tsv"
run 0 coverage --rules "$work/own" "$work/late.zip"
says out '^Our agent +present +1 '
printf 'Our agent\tSomethingElse*.log\n' >"$work/own/sources.tsv"
run 2 coverage --rules "$work/own" "$work/late.zip"
says err 'sources.tsv:1: expected nine columns'
finish
