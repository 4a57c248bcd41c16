#!/usr/bin/env python3
"""Writes one report of a command, blown up to a size: gen_reports.py KIND MIB OUT. Content is invented."""
import base64, hashlib, struct, sys


def block(kind, data):
    return struct.pack("<BBH", kind, 0, len(data) + 4) + data


def hardware_hash(n):
    body = block(14, b"FBK-%06d\0" % n) + block(16, b"Fabrikam\0") + block(17, b"Falcon 14\0")
    head = b"OA" + struct.pack("<H", len(body) + 4) + body
    seal = b"CS\x24\0" + hashlib.sha256(head).digest()
    return base64.b64encode((head + seal).ljust(3000, b"\0")).decode()


PARTS = {
    "dsregcmd": lambda n: f"| Work Account {n % 900} |\n         WorkplaceDeviceId : {n:036d}\n                UserEmail : user{n}@contoso.example\n"
                          f"             AzureAdJoined : NO\n          Client ErrorCode : 0x801c03f{n % 10}\n",
    "ipconfig": lambda n: f"\nEthernet adapter Ethernet {n}:\n\n   Description . . . . . . . . . . . : Fabrikam Gigabit\n   Physical Address. . . . . . . . . : 02-00-00-00-00-01\n"
                          f"   DHCP Enabled. . . . . . . . . . . : Yes\n   IPv4 Address. . . . . . . . . . . : 192.0.2.{n % 256}(Preferred)\n   DNS Servers . . . . . . . . . . . : 192.0.2.53\n"
                          "                                       192.0.2.54\n",
    "certutil": lambda n: f"================ Certificate {n} ================\nSerial Number: {n:032x}\nIssuer: CN=Fabrikam Device CA, O=Fabrikam\n NotBefore: 11/18/2025 8:20 AM\n"
                          f" NotAfter: 11/18/2026 8:20 AM\nSubject: CN={n:08d}\nCert Hash(sha1): {n:040x}\n  Provider = Microsoft Platform Crypto Provider\n",
    "certreq": lambda n: "GetCACaps: Not Found\nHTTP/1.1 404 Not Found\nDate: Tue, 18 Nov 2025 08:15:04 GMT\nContent-Length: 99\nContent-Type: application/json; charset=utf-8\n"
                         f"x-ms-request-id: {n:036d}\n\nMethod: GET(141ms)\nStage: GetCACaps\nNot found (404). 0x80190194 (-2145844844 HTTP_E_STATUS_NOT_FOUND)\n",
    "devicehash": lambda n: f"FBK-{n % 100:06d},,{HASHES[n % 100]}\n",
}
HASHES = [hardware_hash(n) for n in range(100)]


def main():
    kind, size, out = sys.argv[1], int(sys.argv[2]) << 20, sys.argv[3]
    done, n = 0, 0
    with open(out, "w", newline="\r\n") as f:
        if kind == "devicehash":
            f.write("Device Serial Number,Windows Product ID,Hardware Hash\n")
        while done < size:
            text = "".join(PARTS[kind](i) for i in range(n, n + 1000))
            f.write(text)
            done += len(text)
            n += 1000


main()
