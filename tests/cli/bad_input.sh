#!/bin/sh
# Input that cannot be read, wholly or in part: one clear line each, exit 3 where nothing was read.
. "$(dirname "$0")/lib.sh"
example=$APD_SOURCE/testdata/examples/preprovisioning-failed.cab

run 3 "$work/missing.cab"
one_line err
says err 'missing.cab does not exist'

: >"$work/empty.cab"
run 3 "$work/empty.cab"
one_line err
says err 'empty.cab.* empty'

: >"$work/zero.evtx"
run 3 "$work/zero.evtx"
one_line err

echo 'Dear support, here are the logs you asked for.' >"$work/text.cab"
run 3 "$work/text.cab"
one_line err
says err 'text.cab'

head -c 20000 /dev/zero >"$work/zeros.evtx"
run 3 "$work/zeros.evtx"
one_line err
says err 'zeros.evtx: '
says_not err 'zeros.evtx: zeros.evtx'
run 3 events "$work/zeros.evtx"
says_not err 'zeros.evtx: zeros.evtx'

# a bundle cut short: what came before is diagnosed, the loss is said
size=$(stat -c %s "$example")
head -c $((size * 9 / 10)) "$example" >"$work/cut.cab"
"$APDIAG" "$work/cut.cab" >"$work/out" 2>"$work/err"
status=$?
case $status in
0 | 1) says out '^not read: ' ;;
3) one_line err ;;
*) not_ok "truncated cabinet: exit $status" ;;
esac
head -c 50 "$example" >"$work/stub.cab"
run 3 "$work/stub.cab"
one_line err

if have zip; then
    (cd "$work" && cp "$example" inner.cab && zip -q -P secret locked.zip inner.cab)
    run 3 "$work/locked.zip"
    one_line err
    says err 'encrypted'
    (cd "$work" && echo 'text of a note' >note.txt && zip -q -P secret part.zip note.txt && zip -q part.zip inner.cab)
    run 1 "$work/part.zip"
    says out '^not read: .*encrypted'
else
    skip "zip is not installed: encrypted members"
fi
if have 7z; then
    (cd "$work" && cp "$example" d64.cab && 7z a -tzip -mm=Deflate64 d64.zip d64.cab >/dev/null)
    run 3 "$work/d64.zip"
    one_line err
    says err 'd64.zip.*method that is not read'
else
    skip "7z is not installed: Deflate64"
fi

# names are shown, not obeyed, on stderr too
escape=$(printf '\033')
echo text >"$work/${escape}[31mred.cab"
run 3 "$work/${escape}[31mred.cab"
says err 'x1b\[31mred.cab'
says_not err "$escape"
run 2 --format "${escape}[31m" "$work/text.cab"
says_not err "$escape"

# records lost in the middle of a log, by damage or without a trace: its silence is no longer claimed
scenario=$APD_SOURCE/testdata/scenarios/preprov-tpm-attestation-timeout.yml
log=microsoft-windows-moderndeployment-diagnostics-provider-autopilot.evtx
mkdir "$work/whole" && "$APD_MAKE" folder "$scenario" "$work/whole" >/dev/null
run 1 "$work/whole"
says out 'autopilot covers the whole window'
for byte in '\000' '\245'; do
    head -c 65536 /dev/zero | tr '\000' "$byte" | dd of="$work/whole/$log" bs=512 seek=136 conv=notrunc 2>/dev/null
    run 1 "$work/whole"
    says out '\[tpm-attestation-timeout\]'
    says_not out 'covers the whole window'
    says out '^missing: 128 records within .*Autopilot'
done
says out '^not read: .*signature'

# names of fields are limited; what goes beyond is said, and the rest is diagnosed
mkdir "$work/names" && cp "$example" "$work/names/z.cab"
for i in 1 2 3; do
    awk -v i=$i 'BEGIN { print "[HKEY_USERS\\a]"; for (k = 0; k < 33000; k++) printf "    \"Name%d_%d\"=DWORD:1\n", i, k }' \
        >"$work/names/$i.reg"
done
"$APDIAG" "$work/names" >"$work/out" 2>"$work/err"
says out '^not read: there are too many different names of fields'
says out '\[tpm-attestation-timeout\]'

# a bomb ends where it is recognised, in the middle of one endless line, and is told of once
mkdir "$work/bomb" && cp "$example" "$work/bomb/z.cab"
python3 - "$work/bomb/a.zip" <<'PY'
import io, sys, zipfile
inner = io.BytesIO()
with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as z, z.open("long.txt", "w") as f:
    for _ in range(300):
        f.write(b"x" * (1 << 20))
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("inner.zip", inner.getvalue())
PY
run 1 "$work/bomb"
says out '\[tpm-attestation-timeout\]'
[ "$(grep -c '^not read: .*long.txt unpacks to more than 2000 times' "$work/out")" = 1 ] && ok || not_ok 'the bomb is not told of once'

# a folder and a file without permission (root may read everything, so another user asks)
mkdir "$work/closed" && cp "$example" "$work/closed/" && cp "$example" "$work/closed.cab"
chmod 000 "$work/closed" "$work/closed.cab"
if [ "$(id -u)" != 0 ]; then
    run 3 "$work/closed"
    one_line err
    run 3 "$work/closed.cab"
elif have setpriv; then
    chmod 755 "$work"
    cp "$APDIAG" "$work/apdiag" && chmod 755 "$work/apdiag"
    for path in "$work/closed" "$work/closed.cab"; do
        setpriv --reuid=65534 --regid=65534 --clear-groups "$work/apdiag" "$path" >"$work/out" 2>"$work/err"
        status=$?
        [ "$status" = 3 ] && ok || not_ok "$path without permission: exit $status"
        one_line err
        says err 'ermission|not allowed|denied'
    done
else
    skip "running as root without setpriv: permissions"
fi

# one bad file beside good ones costs only itself
mkdir "$work/mixed" && cp "$example" "$work/mixed/" && : >"$work/mixed/broken.evtx" && head -c 5000 /dev/urandom >"$work/mixed/noise.bin"
run 1 "$work/mixed"
says out '\[tpm-attestation-timeout\]'
finish
