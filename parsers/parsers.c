/* Every format that is understood. The order only decides between equal bids. */
#include "parsers.h"

static const apd_parser *const table[] = {
    &apd_parser_evtx,    &apd_parser_etl,  &apd_parser_cmtrace,
    &apd_parser_profile, &apd_parser_text, NULL,
};

const apd_parser *const *apd_parsers(void)
{
    return table;
}

const apd_parser *apd_parser_for(apd_bytes head, apd_str path)
{
    const apd_parser *best = NULL;
    int highest = 0;
    for (const apd_parser *const *p = table; *p; p++) {
        int bid = (*p)->bid(head, path);
        if (bid > highest) {
            highest = bid;
            best = *p;
        }
    }
    return best;
}
