#!/bin/sh
# Builds apdiag and diagnoses the bundle that comes with it: a pre-provisioning that failed.
# Exit code 0 when the diagnosis was made (apdiag itself answers 1 for "findings").
set -eu
cd "$(dirname "$0")"
sh scripts/install-deps.sh build
cmake --preset release -DAPD_TESTS=OFF >/dev/null
cmake --build --preset release >/dev/null
status=0
build/release/cmd/apdiag testdata/examples/preprovisioning-failed.cab || status=$?
[ "$status" -le 1 ]
