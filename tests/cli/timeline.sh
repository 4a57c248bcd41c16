#!/bin/sh
# apdiag timeline: the shipped example as recorded, the boundaries of phases as the scenario has them, all forms, every event
# merged in order of time, and what may not be shown as it is. `timeline.sh --update` records it anew.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
cd "$APD_SOURCE/testdata/examples" || exit 1

as_recorded timeline 160 timeline preprovisioning-failed.cab

# Bars in ASCII, and nothing else but ASCII.
LC_ALL=C COLUMNS=100 "$APDIAG" timeline preprovisioning-failed.cab >"$work/out" 2>"$work/err"
says out 'Securing your hardware +#+x +failed, 15 m 05 s, 4 tries'
if LC_ALL=C grep -q '[^ -~]' "$work/out"; then not_ok "characters outside ASCII"; else ok; fi

# lines EXPRESSION: a Python expression over `rows`, the objects of $work/out, must be true.
lines() {
    if python3 - "$work/out" "$1" <<'PY'; then ok; else not_ok "lines: $1"; fi
import json, sys
rows = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
a = [r for r in rows if r["type"] == "attempt"]
phase = lambda i, name, part=None: next(p for p in a[i]["phases"] if p["phase"] == name and p.get("part") == part)
sys.exit(0 if eval(sys.argv[2]) else 1)
PY
}

run 0 timeline --format jsonl preprovisioning-failed.cab
keeps_schema timeline-1
lines 'rows[0]["schema"] == "apdiag/timeline/1"'
lines 'a[0]["scenario"] == "pre-provisioning-technician" and a[0]["outcome"] == "failed"'
lines 'phase(0, "securing-hardware")["start"] == "2025-11-18T08:05:25.0000000Z" and phase(0, "securing-hardware")["tries"] == 4'
lines '{r["finding"] for r in rows if "finding" in r} == {1}'

# What is personal in it: the domain of the tenant.
for form in term jsonl csv html-fragment; do
    run 0 timeline --format $form preprovisioning-failed.cab
    says out 'contoso\.onmicrosoft\.com'
    run 0 timeline --redact --format $form preprovisioning-failed.cab
    says_not out 'contoso'
done

# The diagnosis as JSON has the same.
run 1 --format json preprovisioning-failed.cab
keeps_schema diagnosis-1
json 'd["timeline"]["attempts"][0]["last_worked"]["phase"] == "profile"'

# A deployment on which everything works: every boundary to the second of the scenario (start 13:00:00Z).
"$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/good-user-driven-success.yml" "$work/good.zip" || not_ok "good.zip was not written"
run 0 timeline --format jsonl "$work/good.zip"
keeps_schema timeline-1
lines 'len(a) == 1 and a[0]["scenario"] == "user-driven" and a[0]["ended_in"] == "desktop" and len(a[0]["restarts"]) == 1'
lines '{p["outcome"] for p in a[0]["phases"]} <= {"succeeded", "passed"}'
lines '(phase(0, "esp-device")["start"], phase(0, "esp-device")["end"]) == ("2025-11-18T13:09:13.0000000Z", "2025-11-18T13:12:02.0000000Z")'
lines '(phase(0, "esp-account")["start"], phase(0, "esp-account")["end"]) == ("2025-11-18T13:12:30.0000000Z", "2025-11-18T13:15:41.0000000Z")'
lines '(phase(0, "join")["start"], phase(0, "join")["end"]) == ("2025-11-18T13:06:14.0000000Z", "2025-11-18T13:06:22.0000000Z")'
lines 'phase(0, "esp-device", "ApplicationsInstallation")["end"] == "2025-11-18T13:12:00.0000000Z"'
lines 'not [r for r in rows if r["type"] == "gap"]'
lines '[r["time"] for r in rows if r["type"] == "milestone" and r["clock"] == "UTC"] == sorted(r["time"] for r in rows if r["type"] == "milestone" and r["clock"] == "UTC")'

# --gap overrides every threshold; --since and --until limit the list.
run 0 timeline --gap 1m --format jsonl "$work/good.zip"
lines 'all(r["time"] < r["end"] for r in rows if r["type"] == "gap") and "Device setup waited for apps" in str([r["text"] for r in rows if r["type"] == "gap"])'
run 0 timeline --since 2025-11-18T13:12:00Z --until 2025-11-18T13:13:00Z --format jsonl "$work/good.zip"
lines '[r["time"][11:19] for r in rows if r["type"] == "milestone"] == ["13:12:00", "13:12:02", "13:12:30", "13:12:50"]'

# CSV and HTML.
run 0 timeline --format csv "$work/good.zip" "$work/good.zip"
if python3 - "$work/out" <<'PY'; then ok; else not_ok "csv"; fi
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
assert rows[0][:4] == ["bundle", "attempt", "type", "time"] and {len(r) for r in rows} == {16}
assert sum(r[0] == "bundle" for r in rows) == 1 and any(r[2] == "phase" for r in rows)
PY

# Two attempts, a restart, a clock that is set back, a phase that is never answered, markup and escapes in texts.
cat >"$work/two.yml" <<'YML'
scenario: two
about: the first attempt stalls behind the join; after a reset the profile is read once more
start: 2025-11-18T08:00:00Z
seed: 9
device: {computer: PC-1}
logs:
  - {log: mdm, first_record: 1}
events:
  - {at: 0s, log: kernel-general, EventID: 12}
  - {at: 1m, log: shell-core, EventID: 62404, CXID: AutoPilotPrefetch}
  - {at: 70s, log: autopilot, EventID: 164}
  - {at: 80s, log: autopilot, EventID: 103, Message1: DeploymentProfileName, Message2: '<b onclick="x">&bold</b>'}
  - {at: 5m, log: user-device-registration, EventID: 102, JoinRequestType: 6}
  - {at: 6m, log: user-device-registration, EventID: 105}
  - {at: 6m, log: mdm, EventID: 4}
  - {at: 40m, log: mdm, EventID: 58}
  - {at: 41m, log: autopilot, EventID: 100, Message1: a}
  - {at: 3h, log: kernel-general, EventID: 12}
  - {at: 3h1m, log: autopilot, EventID: 164}
  - {at: 3h2m, log: shell-core, EventID: 62404, CXID: AutoPilotPrefetch}
  - {at: 3h3m, log: autopilot, EventID: 103, Message1: DeploymentProfileName, Message2: p}
  - {at: 3h4m, log: user-device-registration, EventID: 102, JoinRequestType: 6}
ime:
  - {at: 8m, log: AppWorkload, message: '[Win32App] In EspPhase: DeviceSetup'}
bundle: {kind: zip, compression: deflate}
expect: {exit: 0}
YML
if "$APD_MAKE" write "$work/two.yml" "$work/two.zip" 2>"$work/err"; then ok; else not_ok "two.yml was not written"; fi
run 0 timeline --format jsonl "$work/two.zip"
keeps_schema timeline-1
lines '[x["attempt"] for x in a] == [1, 2] and a[1]["start"] == "2025-11-18T11:01:00.0000000Z"'
lines 'a[0]["outcome"] == "unfinished" and a[0]["ended_in"] == "mdm-enroll" and phase(0, "join")["outcome"] == "succeeded"'
lines '[r["text"] for r in rows if r["type"] == "gap"][0].startswith("at least 5 m 00 s: the device was joined and not enrolled")'

# A milestone in local time may be of either: it stands in neither.
lines '[(r["phase"], r["clock"], "attempt" in r) for r in rows if r["type"] == "milestone" and r["clock"] == "local"] == [("esp-device", "local", False)]'
lines 'all(p["phase"] != "esp-device" for x in a for p in x["phases"])'
run 0 timeline "$work/two.zip"
says out '^not placed  local time whose offset is unknown'
says out '^ *08:08:00 local . ime +Device setup was going on'
run 0 timeline --format csv "$work/two.zip"
says out '^"[^"]*two.zip",,milestone,2025-11-18T08:08:00.0000000,local,,"esp-device","","seen","ime",'
run 0 --format json "$work/two.zip"
keeps_schema diagnosis-1
json '[m["phase"] for m in d["timeline"]["unplaced"]] == ["esp-device"]'
run 0 timeline --utc-offset +00:00 --format jsonl "$work/two.zip"
lines 'phase(0, "esp-device")["start"] == "2025-11-18T08:08:00.0000000Z"'
run 0 timeline --format html-fragment "$work/two.zip"
says out '<h2>Not placed</h2>'
says out '&lt;b onclick=&quot;x&quot;&gt;&amp;bold&lt;/b&gt;'
says_not out '<b |<script|javascript:|https?://'
if python3 - "$work/out" <<'PY'; then ok; else not_ok "html is not well formed"; fi
import sys
from html.parser import HTMLParser
class P(HTMLParser):
    stack = []
    def handle_starttag(self, tag, attrs): self.stack.append(tag)
    def handle_endtag(self, tag): assert self.stack.pop() == tag, tag
p = P(); p.feed(open(sys.argv[1], encoding="utf-8").read()); p.close()
assert p.stack == [], p.stack
PY

# Every event: as many as the logs have, in order, whatever fits into memory at once.
run 0 timeline --all --format jsonl "$work/good.zip"
keeps_schema timeline-1
cp "$work/out" "$work/all"
"$APDIAG" events --count "$work/good.zip" >"$work/count" 2>&1
lines 'len([r for r in rows if r["type"] == "event" and r["clock"] != "local"]) > 1000'
lines '[r["time"] for r in rows if r["type"] == "event" and r["clock"] != "local"] == sorted(r["time"] for r in rows if r["type"] == "event" and r["clock"] != "local")'
lines '[r["text"] for r in rows if r["type"] == "note"][0].endswith("records without a time (registry keys, reports) are not listed")'
if python3 - "$work/all" "$work/count" <<'PY'; then ok; else not_ok "events are missing"; fi
import json, re, sys
rows = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
listed = sum(r["type"] == "event" for r in rows)
left = sum(int(r["text"].split()[0]) for r in rows if r["type"] == "note")
total = sum(int(n) for n in re.findall(r"\d+", open(sys.argv[2]).read().split("\n")[0])[:1])
assert listed + left == total, (listed, left, total)
PY
run 0 timeline --all --utc-offset +01:00 --since 2025-11-18T13:09:00Z --until 2025-11-18T13:10:00Z "$work/good.zip"
says out '^ *13:09:16Z est . ime +\[Win32App\] The EspPhase: DeviceSetup'
run 0 timeline --all --format csv "$work/good.zip"
run 0 timeline --all --format html-fragment "$work/good.zip"
says_not out '<script'

# More than fits into memory: two logs in turns, in several passes, each record once and in order.
mkdir "$work/large"
python3 - "$work/large" <<'PY'
import sys
for log, first in (("AppWorkload", 0), ("IntuneManagementExtension", 1)):
    with open(f"{sys.argv[1]}/{log}.log", "w") as out:
        for n in range(first, 16000, 2):
            out.write(f'<![LOG[line {n} {"x" * 3000}]LOG]!><time="{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.0000000+000" '
                      f'date="11-18-2025" component="{log}" context="" type="1" thread="1" file="">\n')
PY
run 0 timeline --all --format jsonl "$work/large"
lines '[int(r["text"].split()[1]) for r in rows if r["type"] == "event"] == list(range(16000))'

# An empty folder of logs, and usage.
run 3 timeline "$work/missing.zip"
one_line err
run 2 timeline
says err 'no bundle given'
run 2 timeline --gap soon "$work/good.zip"
says err '--gap is a duration'
run 2 timeline --since yesterday "$work/good.zip"
says err '--since wants a time'
run 2 timeline --all -
says err 'standard input'
run 0 timeline --help
says out 'html-fragment'

# Real logs of machines that nobody registered: two attempts at nothing, no alarm of a gap.
vms=$APD_DATA/evtx/AndrewRathbun+DFIRArtifactMuseum
if [ -d "$vms" ]; then
    for vm in RathbunVM_W10EventLogs RathbunVM_W11EventLogs; do
        run 0 timeline --format jsonl "$vms/$vm"
        keeps_schema timeline-1
        lines 'len(a) == 1 and a[0]["scenario"] == "" and len(a[0]["restarts"]) == 1'
        lines 'phase(0, "network")["outcome"] == "succeeded"'
        lines 'not [r for r in rows if r["type"] == "gap" and "profile" in r["text"]]'
    done
else
    skip "$vms is not here: real logs not looked at"
fi
finish
