/* The reports that are known, as tables. Labels of localised commands stand beside the English ones;
 * docs/formats.md says where each is from and what is certain. */
#include "keyvalue.h"

#define ROWS(table) .rows = (table), .nrows = sizeof(table) / sizeof *(table)

/* The TPM as mdmdiagnosticstool sees it. Builds of 2020 ask once whether it is ready, later ones for
 * storage and for attestation. */
static const kv_row tpm_hli[] = {
    {KV_LINE, "20*-*-*T*:*:*", "Collected", KV_TEXT, NULL},
    {KV_LABEL, "TpmHLI GetVersion result", "GetVersionResult", KV_HEX, NULL},
    {KV_LABEL, "TpmHLI Version", "Version", KV_TEXT, NULL},
    {KV_LABEL, "Manufacturer", "Manufacturer", KV_TEXT, NULL},
    {KV_LABEL, "VendorId", "VendorId", KV_TEXT, NULL},
    {KV_LABEL, "Uefi Is Present", "UefiPresent", KV_BOOL, NULL},
    {KV_LABEL, "TpmHLI IsReady result", "ReadyResult", KV_HEX, ""},
    {KV_LABEL, "TpmHLI IsReady for Storage result", "ReadyResult", KV_HEX, "Storage."},
    {KV_LABEL, "TpmHLI IsReady for Attestation result", "ReadyResult", KV_HEX, "Attestation."},
    {KV_LABEL, "Ready", "Ready", KV_BOOL, NULL},
    {KV_LABEL, "Bits", "Bits", KV_HEX, NULL},
    {KV_LINE, "-NoValidEkCert*", ".EkCertPresent", KV_FALSE, NULL},
    {KV_LINE, "-*:*", "Reasons", KV_LABELS, NULL},
};

/* certreq -enrollaik: SCEP over HTTP with the attestation authority, printed as it goes. */
static const kv_row tpm_aik[] = {
    {KV_WITHIN, "https://", "Host", KV_WORD, NULL},
    {KV_WITHIN, "authority \\\"", "Host", KV_WORD, NULL},
    {KV_WITHIN, "HTTP/1.1 ", "HttpStatus", KV_NUMBER, NULL},
    {KV_LINE, "HTTP/1.1 ???*", "Answers", KV_COUNT, NULL},
    {KV_WITHIN, "GetCACaps: ", "GetCACaps", KV_TEXT, NULL},
    {KV_WITHIN, "\"Message\":\"", "Message", KV_QUOTED, NULL},
    {KV_LABEL, "Stage", "Stage", KV_TEXT, NULL},
    {KV_LABEL, "Method", "Method", KV_TEXT, NULL},
    {KV_LABEL, "x-ms-request-id", "RequestId", KV_TEXT, NULL},
    {KV_CONTAINS, "0x8", "Result", KV_CODE, NULL},
    {KV_LINE, "-----BEGIN CERTIFICATE-----*", "Certificate", KV_TRUE, NULL},
};

/* certutil -tpminfo. The platform type is a text that the TPM's key provider makes and many tools
 * show; the other lines are taken as they come. */
static const kv_row tpm_info[] = {
    {KV_WITHIN, "TPM-Version:", "SpecVersion", KV_VERSION, NULL},
    {KV_WITHIN, "-Revision:", "SpecRevision", KV_VERSION, NULL},
    {KV_WITHIN, "VendorID:", "ManufacturerId", KV_WORD, NULL},
    {KV_WITHIN, "Firmware:", "FirmwareVersion", KV_VERSION, NULL},
    {KV_LABEL, "TPM Manufacturer ID", "ManufacturerId", KV_WORD, NULL},
    {KV_LABEL, "TPM Manufacturer Version", "FirmwareVersion", KV_VERSION, NULL},
    {KV_LABEL, "TPM Version", "SpecVersion", KV_VERSION, NULL},
    {KV_CONTAINS, "0x8", "Result", KV_CODE, NULL},
    {KV_LABEL, "CertUtil", NULL, KV_TEXT, NULL}, /* that the command is done */
};

static const kv_row uefi_data[] = {
    {KV_LINE, "20*-*-*T*:*:*", "Collected", KV_TEXT, NULL},
    {KV_LINE, "UEFI is supported*", "Supported", KV_TRUE, NULL},
    {KV_LINE, "UEFI is not supported*", "Supported", KV_FALSE, NULL},
    {KV_WITHIN, "variable name: ", NULL, KV_WORD, "*"},
    {KV_LABEL, "Error", "Error", KV_HEX, NULL},
    {KV_LABEL, "Value", "Value", KV_TEXT, NULL},
    {KV_LINE, "UEFI query complete*", "Complete", KV_TRUE, ""},
};

/* dsregcmd /status writes its keys in English whatever the language of Windows. */
static const kv_row dsregcmd[] = {
    {KV_HEADING, "Work Account *", NULL, KV_TEXT, NULL},
    {KV_HEADING, "*Proxy Config*", NULL, KV_TEXT, NULL},
    {KV_LABEL, "Acquire Prt Diagnostics", "Diagnostics", KV_TEXT, "AcquirePrt."},
    {KV_LABEL, "Refresh Prt Diagnostics", "Diagnostics", KV_TEXT, "RefreshPrt."},
};

/* The alternatives are English, German, French, Spanish, Dutch, Italian, Portuguese. */
static const kv_row ipconfig[] = {
    {KV_LABEL,
     "Host Name|Hostname|Nom de l'hôte|Nombre de host|Hostnaam|Nome host|Nome do host|"
     "Nome do anfitrião",
     "HostName", KV_TEXT, NULL},
    {KV_LABEL,
     "Primary Dns Suffix|Primäres DNS-Suffix|Suffixe DNS principal|Sufijo DNS principal|"
     "Primair DNS-achtervoegsel|Suffisso DNS primario|Sufixo DNS primário",
     "PrimaryDnsSuffix", KV_TEXT, NULL},
    {KV_LABEL,
     "DNS Suffix Search List|DNS-Suffixsuchliste|Liste de recherche du suffixe DNS|"
     "Lista de búsqueda de sufijos DNS|Achtervoegselzoeklijst voor DNS|"
     "Elenco di ricerca suffissi DNS|Lista de pesquisa de sufixo DNS",
     "DnsSearchList", KV_TEXT, NULL},
    {KV_LABEL,
     "Media State|Medienstatus|Statut du média|Estado de los medios|Mediumstatus|Stato supporto|"
     "Estado da mídia|Estado do suporte de dados",
     "MediaState", KV_TEXT, NULL},
    {KV_LABEL,
     "Connection-specific DNS Suffix|Verbindungsspezifisches DNS-Suffix|"
     "Suffixe DNS propre à la connexion|Sufijo DNS específico para la conexión|"
     "Verbindingsspec. DNS-achtervoegsel|Suffisso DNS specifico per connessione|"
     "Sufixo DNS específico de conexão",
     "DnsSuffix", KV_TEXT, NULL},
    {KV_LABEL, "Description|Beschreibung|Descripción|Beschrijving|Descrizione|Descrição",
     "Description", KV_TEXT, NULL},
    {KV_LABEL,
     "Physical Address|Physische Adresse|Physikalische Adresse|Adresse physique|Dirección física|"
     "Fysiek adres|Indirizzo fisico|Endereço Físico",
     "PhysicalAddress", KV_TEXT, NULL},
    {KV_LABEL,
     "DHCP Enabled|DHCP aktiviert|DHCP activé|DHCP habilitado|DHCP ingeschakeld|DHCP abilitato|"
     "DHCP ativado",
     "DhcpEnabled", KV_BOOL, NULL},
    {KV_LABEL,
     "Autoconfiguration Enabled|Autokonfiguration aktiviert|Configuration automatique activée|"
     "Configuración automática habilitada|Autom. configuratie ingeschakeld|"
     "Configurazione automatica abilitata|Configuração Automática Habilitada",
     "AutoconfigurationEnabled", KV_BOOL, NULL},
    {KV_LABEL,
     "IPv4 Address|IP Address|IPv4-Adresse|Adresse IPv4|Dirección IPv4|IPv4-adres|Indirizzo IPv4|"
     "Endereço IPv4",
     "Ipv4Address", KV_ADDRESS, NULL},
    {KV_LABEL,
     "Autoconfiguration IPv4 Address|IPv4-Adresse (Auto. Konfiguration)|"
     "Adresse d’autoconfiguration IPv4|Dirección IPv4 de configuración automática|"
     "IPv4-adres voor automatische configuratie|Indirizzo IPv4 configurazione automatica|"
     "Endereço IPv4 de Configuração Automática",
     "AutoconfigurationIpv4", KV_ADDRESS, NULL},
    {KV_LABEL,
     "Link-local IPv6 Address|Verbindungslokale IPv6-Adresse|Adresse IPv6 de liaison locale|"
     "Vínculo: dirección IPv6 local|Link-local IPv6-adres|"
     "Indirizzo IPv6 locale rispetto al collegamento|Endereço IPv6 de link local",
     "LinkLocalIpv6", KV_ADDRESS, NULL},
    {KV_LABEL,
     "IPv6 Address|IPv6-Adresse|Adresse IPv6|Dirección IPv6|IPv6-adres|Indirizzo IPv6|"
     "Endereço IPv6",
     "Ipv6Address", KV_ADDRESS, NULL},
    {KV_LABEL,
     "Subnet Mask|Subnetzmaske|Masque de sous-réseau|Máscara de subred|Subnetmasker|"
     "Maschera di sottorete|Máscara de Sub-rede",
     "SubnetMask", KV_TEXT, NULL},
    {KV_LABEL,
     "Lease Obtained|Lease erhalten|Bail obtenu|Concesión obtenida|Lease verkregen|"
     "Lease ottenuto|Concessão Obtida",
     "LeaseObtained", KV_TEXT, NULL},
    {KV_LABEL,
     "Lease Expires|Lease läuft ab|Bail expirant|La concesión expira|Lease verlopen|"
     "Scadenza lease|Concessão Expira",
     "LeaseExpires", KV_TEXT, NULL},
    {KV_LABEL,
     "Default Gateway|Standardgateway|Passerelle par défaut|Puerta de enlace predeterminada|"
     "Gateway predefinito|Gateway Padrão",
     "DefaultGateway", KV_TEXT, NULL},
    {KV_LABEL, "DHCP Server|DHCP-Server|Serveur DHCP|Servidor DHCP|Server DHCP", "DhcpServer",
     KV_TEXT, NULL},
    {KV_LABEL, "DNS Servers|DNS-Server|Serveurs DNS|Servidores DNS|DNS-servers|Server DNS",
     "DnsServers", KV_TEXT, NULL},
    {KV_SHAPE, "?\?-?\?-?\?-?\?-?\?-?\?", "PhysicalAddress", KV_TEXT, NULL},
    {KV_END, "MediaState", "Disconnected", KV_TRUE, NULL},
};

/* certutil -store. English is sure; German, French, Spanish, Dutch, Italian and Portuguese beside it.
 * The thumbprint's label ends in "(sha1)" in all of them. */
static const kv_row certificates[] = {
    {KV_CARRY, "?* \"*\"", "Store", KV_WORD, NULL},
    {KV_LABEL,
     "Serial Number|Seriennummer|Numéro de série|Número de serie|Serienummer|Numero di serie|"
     "Número de Série",
     "SerialNumber", KV_DIGITS, NULL},
    {KV_LABEL, "Issuer|Aussteller|Émetteur|Emisor|Verlener|Emittente|Autorità emittente|Emissor",
     "Issuer", KV_TEXT, NULL},
    {KV_LABEL, "NotBefore|Nicht vor|Pas avant|No antes de|Niet vóór|Non prima|Não Antes",
     "NotBefore", KV_TEXT, NULL},
    {KV_LABEL, "NotAfter|Nicht nach|Pas après|No después de|Niet na|Non dopo|Não Depois",
     "NotAfter", KV_TEXT, NULL},
    {KV_LABEL,
     "Subject|Antragsteller|Objet|Sujet|Asunto|Sujeto|Onderwerp|Soggetto|Assunto|Requerente",
     "Subject", KV_TEXT, NULL},
    {KV_LABEL,
     "Key Container|Schlüsselcontainer|Conteneur de clé|Contenedor de claves|Sleutelcontainer|"
     "Contenitore di chiavi|Contêiner de Chave",
     "KeyContainer", KV_TEXT, NULL},
    {KV_LABEL, "Provider|Anbieter|Fournisseur|Proveedor|Fornitore|Provedor", "Provider", KV_TEXT,
     NULL},
    {KV_WITHIN, "(sha1): ", "Thumbprint", KV_DIGITS, NULL},
    {KV_LINE, "Missing stored keyset*", "PrivateKey", KV_FALSE, NULL},
    {KV_END, "Provider", "PrivateKey", KV_TRUE, NULL},
};

/* Two lines with a value: the proxy, then what goes past it. Without a proxy there is only a
 * sentence that ends in "(no proxy server)." */
static const kv_row winhttp_proxy[] = {
    {KV_LINE, "* (*prox*).", "Direct", KV_TRUE, NULL},
    {KV_NTH, "1", "ProxyServer", KV_TEXT, NULL},
    {KV_NTH, "2", "BypassList", KV_TEXT, NULL},
    {KV_END, "ProxyServer", "Direct", KV_FALSE, NULL},
};

static const kv_row msinfo[] = {
    {KV_LABEL, "Item|Element|Élément|Elemento|Onderdeel|Item", NULL, KV_TEXT, NULL},
    {KV_LABEL, "System Information report written at", NULL, KV_TEXT, NULL},
};

const kv_kind apd_kv_kinds[] = {
    {.fact = "tpm.hli",
     .log = "TpmHliInfo_Output",
     .file = "*TpmHliInfo*",
     .marks = {"TpmHLI *:*"},
     ROWS(tpm_hli)},
    {.fact = "tpm.aik",
     .log = "CertReq_enrollaik_Output",
     .file = "*CertReq_enrollaik*",
     .marks = {"GetCACaps*", "{\"Message\":\"The authority *"},
     ROWS(tpm_aik)},
    {.fact = "tpm.info",
     .log = "CertUtil_tpminfo_Output",
     .file = "*CertUtil_tpminfo*",
     .marks = {"*TPM-Version:*VendorID:*"},
     .flags = KV_OTHERS,
     .other = KV_AUTO,
     ROWS(tpm_info)},
    {.fact = "uefi.data",
     .log = "UEFI_Data_Output",
     .file = "*UEFI_Data*",
     .marks = {"UEFI is *supported.", "Namespace: {*}, variable name: *"},
     ROWS(uefi_data)},
    {.fact = "dsregcmd",
     .log = "dsregcmd",
     .file = "*dsregcmd*",
     .marks = {"AzureAdJoined : *", " *AzureAdJoined : *"},
     .flags = KV_OTHERS,
     .other = KV_TEXT,
     ROWS(dsregcmd)},
    {.fact = "network.adapter",
     .front = "network.host",
     .title = "Adapter",
     .file = "*ipconfig*",
     .marks = {" *. . . :*"},
     .layout = KV_INDENTED,
     .flags = KV_CONTINUED,
     ROWS(ipconfig)},
    {.fact = "certificate",
     .skip = "C?L *",
     .file = "*certutil*store*",
     .marks = {"================ * 0 ================"}, /* the first is in the head */
     .layout = KV_RULED,
     ROWS(certificates)},
    {.fact = "winhttp.proxy",
     .file = "*netsh*winhttp*proxy*",
     .marks = {"*WinHTTP*prox*:", "*prox*WinHTTP*:"},
     ROWS(winhttp_proxy)},
    {.fact = "licensing", .file = "*LicensingDiag*", .flags = KV_OTHERS, .other = KV_AUTO},
    {.fact = "msinfo",
     .file = "*msinfo32*",
     .marks = {"System Information report written at: *"},
     .flags = KV_OTHERS | KV_TABS | KV_FIRST_PART,
     .other = KV_TEXT,
     ROWS(msinfo)},
};

const size_t apd_kv_nkinds = sizeof apd_kv_kinds / sizeof *apd_kv_kinds;
