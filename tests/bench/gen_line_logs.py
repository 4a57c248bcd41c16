#!/usr/bin/env python3
"""Writes one log of each line format, so many MiB each: gen_line_logs.py MIB FOLDER."""
import os, sys

mib, folder = int(sys.argv[1]), sys.argv[2]
text = "Appl: detect Parent, Package: Contoso-Feature-Package~0000000000000000~amd64~~10.0.1.%d, state: Installed"
forms = {
    "CBS.log": ("2025-11-22 %02d:%02d:%02d, Info                  CBS    " + text + "\r\n", "utf-8"),
    "setupact.log": ("2025-11-22 %02d:%02d:%02d, Info                         [msoobe.exe] " + text + "\r\n", "utf-8"),
    "NetSetup.LOG": ("11/22/2025 %02d:%02d:%02d:123 NetpValidateName: " + text + "\r\n", "utf-8"),
    "ReportingEvents.log": ("{00000000-0000-0000-0000-0000000000AA}\t2025-11-22 %02d:%02d:%02d:250-0700\t1\t147 [AGENT_DETECTION_FINISHED]\t101\t"
                            "{00000000-0000-0000-0000-000000000000}\t0\t0\tUpdate\tSuccess\tSoftware Synchronization\t" + text + "\r\n", "utf-16"),
    "OfficeClickToRun.log": ("11/22/2025 %02d:%02d:%02d.123\tOFFICECL (0x4d8c)\t0x2f0c\t\tClick-To-Run General Telemetry\t8r7ba\tMedium\t" + text + "\t\r\n", "utf-8"),
    "WinGet-2025.log": ("2025-11-22 %02d:%02d:%02d.123 [CORE] " + text + "\r\n", "utf-8"),
    "App_PSAppDeployToolkit.log": ("[11-22-2025 %02d:%02d:%02d.123] [Installation] [Execute-MSI] [Info] :: " + text + "\r\n", "utf-8"),
    "WindowsUpdate.log": ("2025/11/22 %02d:%02d:%02d.1234567 4312  8800  Agent           " + text + "\r\n", "utf-8"),
    "MPLog.log": ("2025-11-22T%02d:%02d:%02d.123Z " + text + "\r\n", "utf-8"),
    "msi.log": ("MSI (s) (A4:B0) [%02d:%02d:%02d:345]: " + text + "\r\n", "utf-8"),
    "msi-utf16.log": ("MSI (s) (A4:B0) [%02d:%02d:%02d:345]: " + text + "\r\n", "utf-16"),
    "setupapi.dev.log": (">>>  [Device Install]\r\n>>>  Section start 2025/11/22 %02d:%02d:%02d.123\r\n"
                         + ("     ump: " + text.replace("%d", "1") + "\r\n") * 8 + "     idb: %d\r\n<<<  [Exit status: SUCCESS]\r\n\r\n", "utf-8"),
    "DeliveryOptimization.txt": ("TimeCreated : 2025-11-22T%02d:%02d:%02d.1234567Z\r\nProcessId   : 4312\r\nThreadId    : 880\r\nLevel       : 4\r\n"
                                 "LevelName   : Info\r\nMessage     : " + text + "\r\nFunction    : CDownload::Run\r\nLineNumber  : 100\r\nErrorCode   : \r\n\r\n", "utf-8"),
    "IntuneManagementExtension.log": ("<![LOG[" + text.replace("%d", "1") + "]LOG]!><time=\"%02d:%02d:%02d.1234567\" date=\"11-22-2025\" "
                                      "component=\"IntuneManagementExtension\" context=\"\" type=\"1\" thread=\"%d\" file=\"\">\r\n", "utf-8"),
}
os.makedirs(folder, exist_ok=True)
for name, (form, encoding) in forms.items():
    block = "".join(form % (i // 3600 % 24, i // 60 % 60, i % 60, i) for i in range(4000))
    head = "=== Verbose logging started: 11/22/2025  00:00:00  Build type: SHIP ===\r\n" if name.startswith("msi") else ""
    if encoding == "utf-16":
        head, block = b"\xff\xfe" + head.encode("utf-16le"), block.encode("utf-16le")
    else:
        head, block = head.encode(), block.encode()
    with open(os.path.join(folder, name), "wb") as out:
        out.write(head)
        while out.tell() < mib << 20:
            out.write(block)
