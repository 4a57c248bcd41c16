/* XML as a run of elements and texts, for the readers of documents that Windows and Intune write;
 * private to this room. The only user of libxml2 (SAX2, push).
 *
 * The document is pushed in blocks of our own making, always as UTF-8, so that what comes out does
 * not depend on how the bytes came in: UTF-16 with a byte order mark is converted, what XML does not
 * allow (invalid UTF-8, NUL and other controls) becomes U+FFFD, and an encoding that the document
 * claims is ignored. Nothing is fetched, and there are no entities but the five of XML: a document
 * type declaration ends the reading. */
#ifndef APD_XML_H
#define APD_XML_H

#include "facts.h"

typedef struct apd_xml apd_xml;

typedef struct apd_xml_attr {
    apd_str name, value; /* without prefix; character references resolved */
} apd_xml_attr;

/* Views live during the call. A call that returns false is out of memory and ends the reading.
 * Every start has its end, except for those open when the document breaks off. */
typedef struct apd_xml_handler {
    bool (*start)(void *ctx, apd_str name, const apd_xml_attr *attrs, size_t n);
    bool (*text)(void *ctx, apd_str text); /* of one element in any number of pieces */
    bool (*end)(void *ctx);
    void *ctx;
} apd_xml_handler;

/* The stream and what h->ctx points to must outlive the reader; h is copied. */
apd_status apd_xml_open(apd_stream *file, uint32_t member, const apd_xml_handler *h, apd_xml **out,
                        apd_error *err) APD_MUST_USE;
void apd_xml_close(apd_xml *x); /* NULL is fine */

/* Reads the next block of at most APD_XML_BLOCK bytes. APD_OK: call again. APD_END: the document was
 * whole, or has been reported as damaged. APD_SKIPPED: the rest cannot be read, err says why and at
 * which line; what the handler got until then counts. Otherwise the error that cut the file short,
 * with all that came before it handed over. */
apd_status apd_xml_more(apd_xml *x, apd_error *err) APD_MUST_USE;

/* Where the element being handed over is: its line (for a start tag, where it ends), from 1. */
uint64_t apd_xml_line(const apd_xml *x);

/* The next() of a reader whose handler adds to `facts`: those first, then what xml_more() says. */
apd_status apd_xml_facts(apd_xml *x, apd_facts *facts, apd_event *ev, apd_error *err);

#endif
