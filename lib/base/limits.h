/* Every limit of the program, with its reason. Each may be overridden at build time (-DAPD_MAX_…). */
#ifndef APD_LIMITS_H
#define APD_LIMITS_H

/* --- memory --- */
#ifndef APD_ARENA_LIMIT /* one arena; findings and names fit in a few MB, this only stops runaways */
#define APD_ARENA_LIMIT (256u << 20)
#endif
#ifndef APD_ARENA_BLOCK /* first block; big enough that a run needs few */
#define APD_ARENA_BLOCK (32u << 10)
#endif
#ifndef APD_MAX_NAMES /* distinct names (fields, channels, providers) in one run; real bundles have about 5 000 */
#define APD_MAX_NAMES (1u << 17)
#endif
#ifndef APD_MAX_CHOSEN_NAMES /* of these, up to how many files may choose freely (registry values, labels, JSON keys) */
#define APD_MAX_CHOSEN_NAMES (1u << 16)
#endif
#ifndef APD_MAX_NAME_BYTES /* a longer name is data, not a name */
#define APD_MAX_NAME_BYTES 1024u
#endif

/* --- bundles --- */
#ifndef APD_MAX_DEPTH /* archive in archive; Intune's ZIP needs 3 (zip, mdmlogs cab, licensing cab) */
#define APD_MAX_DEPTH 4
#endif
#ifndef APD_MAX_MEMBERS /* files in one bundle, nested ones counted; real ones have 50 to 3 000 */
#define APD_MAX_MEMBERS 65536u
#endif
#ifndef APD_MAX_UNPACKED /* bytes out of one bundle: 64 GiB, a thousand times a real bundle */
#define APD_MAX_UNPACKED (UINT64_C(64) << 30)
#endif
#ifndef APD_MAX_RATIO /* unpacked : packed, judged after APD_RATIO_GRACE; zlib's best is 1032, empty EVTX chunks reach 600; LZX more */
#define APD_MAX_RATIO 2000u
#endif
#ifndef APD_RATIO_GRACE /* bytes before the ratio counts; a bundle of empty logs stays below */
#define APD_RATIO_GRACE (UINT64_C(256) << 20)
#endif
#ifndef APD_MAX_PATH_BYTES /* a member's path as shown */
#define APD_MAX_PATH_BYTES 4096u
#endif
#ifndef APD_MAX_COLLECTED /* items of the collectors' own lists; real ones have about 120. Each is compared with every source */
#define APD_MAX_COLLECTED 1024u
#endif
#ifndef APD_MAX_DIR_DEPTH /* folders below the one given */
#define APD_MAX_DIR_DEPTH 32
#endif

#ifndef APD_MAX_ZIP_DIRECTORY /* bytes read to find a ZIP's first file; 65 536 files with names of 100 bytes need 10 MB */
#define APD_MAX_ZIP_DIRECTORY (16u << 20)
#endif
#ifndef APD_MAX_ZIP_RESTARTS /* damaged files that a ZIP may have before it is given up; each costs a new start */
#define APD_MAX_ZIP_RESTARTS 16u
#endif

#ifndef APD_MAX_LATER /* bytes of members held to be read last (traces that others explain); a collector's live one has 4 MB */
#define APD_MAX_LATER (64u << 20)
#endif

/* --- streams --- */
#ifndef APD_READ_BLOCK /* read() size for plain files; larger gains nothing measurable */
#define APD_READ_BLOCK (256u << 10)
#endif
#ifndef APD_MAX_PEEK /* the most a parser may ask to see at once */
#define APD_MAX_PEEK (8u << 20)
#endif
#ifndef APD_SNIFF /* bytes of the head that bidders see */
#define APD_SNIFF 4096u
#endif

/* --- records --- */
#ifndef APD_MAX_RECORD /* one CMTrace record; "Get policies" lines reach 3 MB. The rest of a longer one is passed over */
#define APD_MAX_RECORD (4u << 20)
#endif
#ifndef APD_MAX_ATTRIBUTES /* the list behind a CMTrace message; real ones have about 150 bytes */
#define APD_MAX_ATTRIBUTES 4096u
#endif
#ifndef APD_MAX_COMPONENTS /* names that one CMTrace log may add; real ones have a handful */
#define APD_MAX_COMPONENTS 1024u
#endif
#ifndef APD_MAX_LINE /* one line of a plain text log */
#define APD_MAX_LINE (1u << 20)
#endif
#ifndef APD_MAX_LABEL /* the words before the colon of "label: value"; longer ones are prose. dsregcmd's longest has 36 */
#define APD_MAX_LABEL 64u
#endif
#ifndef APD_MAX_DEVICE_HASH /* bytes of a decoded hardware hash; Windows writes 3 000 */
#define APD_MAX_DEVICE_HASH 16384u
#endif
#ifndef APD_REG_PIECE /* a registry file is read in pieces of lines; names of values reach 16 383 characters, keys fewer */
#define APD_REG_PIECE (64u << 10)
#endif
#ifndef APD_REG_PART /* bytes of values after which a registry key is delivered in parts */
#define APD_REG_PART (8u << 20)
#endif
#ifndef APD_MAX_REG_VALUE /* text of one registry value; the rest of a longer one is passed over */
#define APD_MAX_REG_VALUE (4u << 20)
#endif
#ifndef APD_MAX_REG_NAMES /* names that one registry file may add to the table of the run; a dump has about 5 000 */
#define APD_MAX_REG_NAMES (1u << 15)
#endif
#ifndef APD_MAX_ENTRY /* one record of a line log with the lines that belong to it; real ones stay below 64 KiB, setupapi sections 1 MiB */
#define APD_MAX_ENTRY (2u << 20)
#endif
#ifndef APD_MAX_LINE_HEAD /* bytes of a line that tell whether it begins a record; update histories need 600 */
#define APD_MAX_LINE_HEAD 4096u
#endif
#ifndef APD_MAX_FIELDS /* fields of one event; EVTX records seen reach about 60 */
#define APD_MAX_FIELDS 4096u
#endif
#ifndef APD_MAX_JSON /* one JSON document or value */
#define APD_MAX_JSON (4u << 20)
#endif
#ifndef APD_MAX_JSON_DEPTH
#define APD_MAX_JSON_DEPTH 64
#endif

/* --- XML and HTML documents --- */
#ifndef APD_XML_BLOCK /* bytes handed to libxml2 at once; what one block gives is queued, so it stays small */
#define APD_XML_BLOCK (8u << 10)
#endif
#ifndef APD_MAX_XML_DEPTH /* elements inside elements; MDMDiagReport.xml has 8 */
#define APD_MAX_XML_DEPTH 64
#endif
#ifndef APD_MAX_XML_NAMES /* different names in one document; a report has some 5 000 at most, and libxml2 looks them up slowly beyond */
#define APD_MAX_XML_NAMES (1u << 15)
#endif
#ifndef APD_MAX_XML_TEXT /* text of one element; an ingested ADMX file has about 100 KiB. The rest of a longer one is passed over */
#define APD_MAX_XML_TEXT (256u << 10)
#endif
#ifndef APD_MAX_XML_OBJECT /* texts held for the elements that are open; a real report needs some KiB */
#define APD_MAX_XML_OBJECT (4u << 20)
#endif
#ifndef APD_MAX_XML_KEY /* longest first value that says what an element is about, and goes into the facts below it */
#define APD_MAX_XML_KEY 256u
#endif
#ifndef APD_MAX_HTML_TAG /* one tag; the rest of a longer one reads as text */
#define APD_MAX_HTML_TAG (16u << 10)
#endif
#ifndef APD_MAX_HTML_CELLS /* cells of one row of a table */
#define APD_MAX_HTML_CELLS 64u
#endif

/* --- EVTX --- */
#ifndef APD_EVTX_MAX_VALUES /* substitution values of one template instance; real ones stay below 200 */
#define APD_EVTX_MAX_VALUES 4096u
#endif
#ifndef APD_EVTX_MAX_ELEMENTS /* elements inside elements within one fragment; real ones reach about 10 */
#define APD_EVTX_MAX_ELEMENTS 64u
#endif
#ifndef APD_EVTX_MAX_NESTING /* BinXML inside values inside BinXML; real records have 1 or 2 */
#define APD_EVTX_MAX_NESTING 16u
#endif
#ifndef APD_EVTX_MAX_STEPS /* template operations run for one record: a value may be substituted many times at every level */
#define APD_EVTX_MAX_STEPS (1u << 16)
#endif
#ifndef APD_EVTX_MAX_COMPILED /* bytes of template definitions compiled per 64 KiB chunk; honest definitions do not overlap */
#define APD_EVTX_MAX_COMPILED (1u << 20)
#endif
#ifndef APD_EVTX_TEMPLATE_MEMORY /* programs of one file, those of a chunk included; a real chunk needs about 100 KiB */
#define APD_EVTX_TEMPLATE_MEMORY (32u << 20)
#endif
#ifndef APD_EVTX_TEMPLATE_CACHE /* programs kept from chunk to chunk; 400 templates need about 4 MiB */
#define APD_EVTX_TEMPLATE_CACHE (8u << 20)
#endif
#ifndef APD_EVTX_MAX_RENDERED /* one record as XML or JSON; real ones reach 200 KiB. The same value may be written again and again */
#define APD_EVTX_MAX_RENDERED (8u << 20)
#endif
#ifndef APD_EVTX_SEEN /* carved records remembered, so that each comes once; 8 bytes each, a power of two */
#define APD_EVTX_SEEN (1u << 17)
#endif

/* --- ETL --- */
#ifndef APD_ETL_MAX_STRUCTS /* structs inside structs of one payload; real ones have 1 or 2 */
#define APD_ETL_MAX_STRUCTS 16u
#endif
#ifndef APD_ETL_MAX_STEPS /* properties and elements taken from one payload: an empty struct may be repeated for free */
#define APD_ETL_MAX_STEPS (1u << 16)
#endif
#ifndef APD_ETL_MAX_FIELDS /* of one event of a trace: 64 KiB of 32-bit numbers; those of .NET's garbage collector reach 8 190 */
#define APD_ETL_MAX_FIELDS 16384u
#endif
#ifndef APD_ETL_POOL_MEMORY /* descriptions of events, of all traces of a bundle; 2 000 of them need about 4 MiB */
#define APD_ETL_POOL_MEMORY (32u << 20)
#endif
#ifndef APD_ETL_SCHEMA_CACHE /* TraceLogging schemas of one file, compiled; then they are compiled anew */
#define APD_ETL_SCHEMA_CACHE (4u << 20)
#endif
#ifndef APD_ETL_MAX_MANIFEST /* one EventSource manifest, put together; those of .NET reach 0.5 MB */
#define APD_ETL_MAX_MANIFEST (4u << 20)
#endif
#ifndef APD_ETL_MAX_OPEN_MANIFESTS /* providers whose manifest is half there */
#define APD_ETL_MAX_OPEN_MANIFESTS 16u
#endif
#ifndef APD_ETL_MAX_TMF /* one message file of WPP; those of a whole driver have some MB */
#define APD_ETL_MAX_TMF (32u << 20)
#endif
#ifndef APD_ETL_MAX_SENTENCE /* bytes of one event's sentence: an insert may be named again and again */
#define APD_ETL_MAX_SENTENCE (64u << 10)
#endif

/* --- ETL --- */
#ifndef APD_ETL_MAX_BUFFER /* one buffer of a trace; sessions may ask for 16 MiB, real ones have up to 1 MiB */
#define APD_ETL_MAX_BUFFER (16u << 20)
#endif
#ifndef APD_ETL_MAX_BUFFERS /* looked at together, 40 bytes each; 8 GiB of the usual 64 KiB */
#define APD_ETL_MAX_BUFFERS (1u << 17)
#endif
#ifndef APD_ETL_MAX_HELD /* of a trace that cannot be sought in, held in memory to put it in order; real members reach 20 MiB */
#define APD_ETL_MAX_HELD (64u << 20)
#endif
#ifndef APD_ETL_MAX_RESIDENT /* one buffer of every processor; 64 processors with 1 MiB each */
#define APD_ETL_MAX_RESIDENT (64u << 20)
#endif

/* --- rules --- */
#ifndef APD_MAX_RULE_FILE
#define APD_MAX_RULE_FILE (1u << 20)
#endif
#ifndef APD_MAX_RULE_DEPTH /* nesting of YAML nodes and of parentheses */
#define APD_MAX_RULE_DEPTH 32
#endif
#ifndef APD_MAX_RULE_KEYS /* keys of one YAML map; looked through one by one */
#define APD_MAX_RULE_KEYS 1024u
#endif
#ifndef APD_MAX_RULE_TERMS /* names and operators of one expression, so the depth of its tree */
#define APD_MAX_RULE_TERMS 256u
#endif
#ifndef APD_KEEP_FIRST /* hits kept per selection: the first and the last ones, the rest is only counted */
#define APD_KEEP_FIRST 64u
#endif
#ifndef APD_KEEP_LAST
#define APD_KEEP_LAST 64u
#endif
#ifndef APD_MAX_PLACES /* files in which one occurrence was seen, shown with it; an event log and two traces are usual */
#define APD_MAX_PLACES 8u
#endif
#ifndef APD_MAX_ATTEMPTS /* OOBE attempts looked at one by one; still older ones count as one. Resets in a row stay below */
#define APD_MAX_ATTEMPTS 32u
#endif
#ifndef APD_MAX_STRETCHES /* pieces that a log in local time is cut into where its clock may have changed; real ones have a few dozen */
#define APD_MAX_STRETCHES 2048u
#endif
#ifndef APD_MAX_MOMENTS /* moments kept for comparing clocks, each way; a month of app installs has a few thousand */
#define APD_MAX_MOMENTS 32768u
#endif
#ifndef APD_MAX_SHARED /* newest events of a log kept for finding them in traces, 16 bytes each; a deployment writes some hundred into one */
#define APD_MAX_SHARED 1024u
#endif
#ifndef APD_MAX_SHARED_LOGS /* files of which they are kept; a bundle has about 30 logs in UTC and 10 traces */
#define APD_MAX_SHARED_LOGS 64u
#endif
#ifndef APD_MAX_MILESTONES /* of all deployments that the logs remember; one has about 100 */
#define APD_MAX_MILESTONES 16384u
#endif
#ifndef APD_MAX_ITEMS /* apps, scripts and policies with a row of their own; a large tenant sends some hundred */
#define APD_MAX_ITEMS 8192u
#endif
#ifndef APD_MAX_TOLD /* bytes of one text that the deployment model keeps; names and reasons stay below 200, more is cut */
#define APD_MAX_TOLD 512u
#endif
#ifndef APD_MERGE_MEMORY /* bytes of events held for merging logs by time; what does not fit costs another pass over the bundle */
#define APD_MERGE_MEMORY (64u << 20)
#endif
#ifndef APD_MAX_CLOCK_STEPS /* changes of the clock or the time zone that are remembered */
#define APD_MAX_CLOCK_STEPS 256u
#endif
#ifndef APD_MAX_KEPT_TEXT /* bytes of one text value kept as evidence */
#define APD_MAX_KEPT_TEXT 4096u
#endif
#ifndef APD_RE_MATCH_LIMIT /* pcre2 backtracking steps; a rule author can write (a+)+$ */
#define APD_RE_MATCH_LIMIT 200000u
#endif
#ifndef APD_RE_DEPTH_LIMIT
#define APD_RE_DEPTH_LIMIT 1000u
#endif
#ifndef APD_RE_STACK /* most bytes of pcre2's JIT stack; enough for the match limit above */
#define APD_RE_STACK (512u << 10)
#endif
#ifndef APD_MIN_LITERAL /* shorter literals occur in every line and would only cost time */
#define APD_MIN_LITERAL 3
#endif
#ifndef APD_MAX_LITERAL /* more bytes of one literal cost memory and comparing, and sharpen no filter */
#define APD_MAX_LITERAL 32
#endif
#ifndef APD_MAX_LITERALS /* alternatives of one condition; with more of them the filter filters nothing */
#define APD_MAX_LITERALS 64u
#endif
#ifndef APD_MAX_ORIGINS /* (provider, log) pairs remembered; a CMTrace component may be anything */
#define APD_MAX_ORIGINS 4096u /* a power of two */
#endif
#ifndef APD_MAX_PROBLEMS /* losses listed one by one; further ones are counted */
#define APD_MAX_PROBLEMS 1000u
#endif

#endif
