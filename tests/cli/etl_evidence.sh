#!/bin/sh
# What traces add to a diagnosis, and that an occurrence of which several files tell is evidence once. Needs APD_MAKE.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
"$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/enrolment-traced.yml" "$work/bundle.zip" || not_ok "the bundle was not written"

run 1 --format json "$work/bundle.zip"
json 'd["findings"][0]["rule"] == "mdm-license-missing" and d["findings"][0]["strength"] == "proves"'
evidence='[e for e in d["findings"][0]["evidence"] if e["kind"] == "record"]'
json "[(e['log'], e['event_id'], len(e['also'])) for e in $evidence] == [('etl-enrollment', 0, 1), ('mdm', 71, 2)]"
json "all(a['file'].endswith(('.etl', '.merged')) for e in $evidence for a in e['also'])"
json "$evidence[1]['file'].endswith('.evtx')"

run 1 "$work/bundle.zip"
says out 'also in .*DeviceEnrollment.*\.etl #3, .*\.etl\.merged #4'

# A message file that is not there is the user's mistake.
run 2 events --tmf "$work/none.tmf" "$work/bundle.zip"
says err 'none.tmf'
finish
