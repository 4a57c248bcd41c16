/* Every format that is understood. The order only decides between equal bids. */
#include "parsers.h"

#include "limits.h"

static const apd_parser *const table[] = {
    &apd_parser_evtx,
    &apd_parser_etl,
    &apd_parser_cmtrace,
    &apd_parser_profile,
    &apd_parser_jsonfacts,
    &apd_parser_mdmreport,
    &apd_parser_mdmhtml,
    &apd_parser_resultsxml,
    &apd_parser_intuneitem,
    &apd_parser_footprint,
    &apd_parser_keyvalue,
    &apd_parser_devicehash,
    &apd_parser_reg,
    &apd_parser_msilog,
    &apd_parser_setupapi,
    &apd_parser_dolog,
    &apd_parser_linelog,
    &apd_parser_text,
    NULL,
};

const apd_parser *const *apd_parsers(void)
{
    return table;
}

const apd_parser *apd_parser_for(apd_bytes head, apd_str path)
{
    const apd_parser *best = NULL;
    int highest = 0;
    if (head.len > APD_SNIFF) /* the same head however large the blocks of the file are */
        head.len = APD_SNIFF;
    for (const apd_parser *const *p = table; *p; p++) {
        int bid = (*p)->bid(head, path);
        if (bid > highest) {
            highest = bid;
            best = *p;
        }
    }
    return best;
}
