#!/bin/sh
# apdiag apps and apdiag device: states, sources and verdicts of a made deployment; JSON that keeps its schema; the
# terminal output as recorded. `apps.sh --update` records it anew.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"
"$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/apps-many.yml" "$work/apps-many.zip" || not_ok "apps-many was not written"
cd "$work" || exit 1

for command in apps device; do
    as_recorded $command 120 $command --verbose apps-many.zip
done

# states; what is older than the deployment gives none
run 0 apps --format json apps-many.zip
keeps_schema apps-1
json '[a["state"] for a in d["apps"] if a["name"] == "Fabrikam VPN"] == ["sleeping"]'
json '[(a["exit"], a["mapping"], a["code"], a["attempts"], a["blocking"]) for a in d["apps"] if a["name"] == "Fabrikam VPN"] == [(1603, "Failed", "0x80070643", 3, True)]'
json '[a["until"][:19] for a in d["apps"] if a["name"] == "Fabrikam VPN"] == ["2025-11-23T18:09:20"]'
json '[(a["state"], a["disagree"]) for a in d["apps"] if a["name"] == "Northwind Mail"] == [("installed", True)]'
json '[(a["state"], a["stale"]) for a in d["apps"] if a["id"].startswith("e0aa55b7")] == [("unknown", True)]'
json '[(a["kind"], a["state"]) for a in d["apps"] if a["name"] == "Fabrikam Agent"] == [("msi", "installed")]'
json '[a["id"] for a in d["apps"] if a["kind"] == "policy"] == ["./Device/Vendor/MSFT/BitLocker/RequireDeviceEncryption"]'
json 'not [a for a in d["apps"] if a["name"] == "Nobody asked for it"]'
json '[a["state"] for a in d["apps"] if a["kind"] == "script"] == ["failed"]'
json '[a["reason"] for a in d["apps"] if a["name"] == "Adatum Tools"] == ["an assignment filter excludes it"]'
json 'sorted(s["reason"] for s in d["stalls"]) == ["grs", "reevaluation", "user-session"]'
json 'd["agent"]["version"] == "1.96.105.0" and 0 < d["agent"]["told"] < d["agent"]["lines"]'
json 'd["agent"]["outside"] == []'
# times of the registry make the offset of AppWorkload known: 8 hours behind UTC
json '[(s["time"], s["clock"]) for a in d["apps"] if a["name"] == "Fabrikam VPN" for s in a["said"] if s["by"] == "log"] == [("2025-11-22T18:20:00.0000000Z", "estimated")]'

# a phrase that this version should not write is drift
"$APD_MAKE" folder "$APD_SOURCE/testdata/scenarios/apps-many.yml" "$work/newer"
sed -i 's/1\.96\.105\.0/1.104.102.0/; s/A line that no phrase knows/[Win32App] Detected app 0c4d9b1e-1111-4222-8333-444455556666/' newer/*.log
run 0 apps --format json newer
json '[p["phrase"] for p in d["agent"]["outside"]] == ["old_detected"]'
run 0 apps --verbose newer
says out 'seen, though this version should not write them: ime-apps/old_detected'

# one app, another order of files, CSV
run 0 apps --app vpn apps-many.zip
says out '^  by registry +failed \(5000\), 2025-11-22 18:09:25Z \(MdmDiagReport_RegistryDump.reg, record [0-9]+\)'
says out '^  exit code +2025-11-22 18:09:20Z est \(AppWorkload.log, record [0-9]+\)'
run 0 apps --app 93b2d0aa-1111-4222-8333-444455556666 apps-many.zip
says out 'Northwind Mail: installed \(sources disagree\)'
run 0 apps --app nonsense apps-many.zip
says err "no app, script or policy is called 'nonsense'"
run 0 apps --format csv apps-many.zip
says out '^bundle,state,kind,name,id,'
says out '^"apps-many.zip","sleeping","win32","Fabrikam VPN","0c4d9b1e-1111-4222-8333-444455556666","required",yes,'
[ "$(wc -l <"$work/out")" = 9 ] && ok || not_ok "nine lines of CSV expected"
run 0 apps --utc-offset -08:00 --app script apps-many.zip
run 0 apps --utc-offset -08:00 --app 2f6de9c4 apps-many.zip
says out 'by log +failed, 2025-11-22 18:21:21Z est'

# the diagnosis holds the same
run 1 --format json apps-many.zip
keeps_schema diagnosis-1
json 'd["apps"][0]["name"] == "Fabrikam VPN" and d["stalls"] and d["device"]["os_build"]["value"] == "26100"'

# device: contradictions, meanings, pseudonyms
run 0 device --format json apps-many.zip
keeps_schema device-1
json 'd["device"]["oobe_config"]["value"] == "286" and d["device"]["oobe_config"]["other"]["value"] == "1310"'
json '"skip privacy settings" in d["device"]["oobe_config"]["meaning"]'
json 'd["device"]["tenant_id"]["value"] == "00000000-0000-4000-8000-000000000004" and "other" not in d["device"]["tenant_id"]'
for form in term json; do
    for command in device apps; do
        run 0 $command --redact --format $form apps-many.zip
        says_not out 'ana@|fabrikam\.example|FAB-00731|00000000-0000-4000-8000-000000000004'
    done
    run 1 --redact --format $form apps-many.zip
    says_not out 'ana@|fabrikam\.example|FAB-00731|00000000-0000-4000-8000-000000000004'
done
run 0 device --redact apps-many.zip
says out 'user +an[a-z]@[a-z]{8}\.[a-z]{7}$'
cp "$work/out" "$work/once"
run 0 device --redact apps-many.zip
if cmp -s "$work/once" "$work/out"; then ok; else not_ok "pseudonyms differ from run to run"; fi

# nothing known
run 0 apps "$APD_SOURCE/testdata/good/never-enrolled.zip"
says out 'No record speaks of an app'
run 3 apps "$work/missing.cab"
one_line err
run 3 device "$work/missing.cab"
for command in apps device; do
    run 2 $command
    says err 'no bundle given'
    run 2 $command --nonsense apps-many.zip
    run 2 $command --format xml apps-many.zip
    run 0 $command --help
done
run 2 apps --utc-offset tomorrow apps-many.zip
one_line err
finish
