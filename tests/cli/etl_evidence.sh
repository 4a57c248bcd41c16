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

# A trace that goes on by the clock of its start is moved by what the events that it shares with a log tell.
scenario=$APD_SOURCE/testdata/scenarios/enrolment-clock-set.yml
"$APD_MAKE" write "$scenario" "$work/set.zip" || not_ok "the bundle was not written"
run 1 --format json "$work/set.zip"
json "[(e['log'], e['time'][:19], e['clock'], len(e.get('also', []))) for e in $evidence] == [('etl-enrollment', '2025-11-18T08:01:59', 'estimated', 0), ('mdm', '2025-11-18T08:02:00', 'UTC', 1)]"
trace='d["timeline"]["trace_clocks"]'
json "len($trace) == 1 and $trace[0]['state'] == 'estimated' and $trace[0]['moved_ms'] == 10800000 and $trace[0]['pairs'] == 4"
run 0 timeline --format jsonl "$work/set.zip"
keeps_schema timeline-1
run 0 timeline "$work/set.zip"
says out '08:01:59Z est .* etl-enrollment'
says out 'CloudExperienceHostOobe.* the clock was set forward by 3 h 00 m meanwhile; its times are moved, 4 events'
says_not out 'no milestone of any log' # the three hours of the clock are no gap
says out '^attempt 1 .*, 1 m 50 s, the clock was set forward by 3 h 00 m'
says out 'MDM enrollment .* failed, 1 m 50 s, 2 tries'
[ "$(grep -c 'mdm 71' "$work/out")" = 1 ] && ok || not_ok 'a milestone of trace and log is told twice'
run 0 timeline --format html-fragment "$work/set.zip"
says out 'its times are moved'
says out '<span class="bar failed" style="left:0.00%;width:100.00%"></span></span><span>failed, 1 m 50 s</span>'

# With two of them the times stay, and that is said.
sed -e '/at: 3h1m[23]0s/d' -e 's/^scenario: .*/scenario: doubt/' "$scenario" >"$work/doubt.yml"
"$APD_MAKE" write "$work/doubt.yml" "$work/doubt.zip" || not_ok "the bundle was not written"
run 1 --format json "$work/doubt.zip"
json "$trace[0]['state'] == 'unknown' and $trace[0]['set_ms'] == 10800000"
json "[e['time'][:19] for e in $evidence if e['log'] == 'etl-enrollment'] == ['2025-11-18T05:01:59']"
run 0 timeline "$work/doubt.zip"
says out 'too few events that another log has too, its times stay as they are'
run 0 timeline --format jsonl "$work/doubt.zip"
keeps_schema timeline-1

# A message file that is not there is the user's mistake.
run 2 events --tmf "$work/none.tmf" "$work/bundle.zip"
says err 'none.tmf'
finish
