#!/bin/sh
# Both layouts of Intune's "Collect diagnostics", with the cabinet of mdmdiagnosticstool inside: every state file is
# facts, the markers too, and the storage address of results.xml comes out nowhere. Needs APD_MAKE.
. "$(dirname "$0")/lib.sh"
: "${APD_MAKE:?}"

facts() { # NAME COUNT: so many facts of that name in out
    n=$(grep -c "\"fact\":\"$1\"" "$work/out")
    if [ "$n" = "$2" ]; then ok; else not_ok "$bundle: $n facts $1, not $2"; fi
}

collect() { # SCENARIO
    bundle=$1
    "$APD_MAKE" write "$APD_SOURCE/testdata/scenarios/$1.yml" "$work/$1.zip" || not_ok "$1 was not written"
    run 1 --verbose "$work/$1.zip"
    says_not out never-to-be-shown
    run 0 events --format jsonl "$work/$1.zip"
    says_not out never-to-be-shown
    says_not err .
}

collect intune-collect-flat
facts collector.request 1
facts collector.framework 1
facts collector.item 7
facts intune.collection 7
facts intune.collection.summary 1
facts intune.item 3
facts mdm.report.system 1
facts mdm.report.enrollment 1
facts mdm.report.enrollment-status 1
facts mdm.report.policy 1
facts mdm.report 1
facts mdm.report.device 1
facts mdm.report.connection 1
says out '"Ordinal":7,"Type":"FoldersFiles","Source":"ProgramData_Microsoft_IntuneManagementExtension_Logs","HRESULT":"0x80070003"'

collect intune-collect-old
facts collector.request 1
facts collector.item 3
facts intune.collection 7
facts intune.collection.summary 1
facts intune.item 0
says out '"AreaName":"deviceenrollment;deviceprovisioning;autopilot;"'
finish
