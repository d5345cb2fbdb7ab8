/* Positions that travel as PositionOffsetLLV. The node's own members make the position; behind them, as additions: 6
   widths of horizontal offsets, the absolute longitude and latitude, 6 widths of vertical offsets, the absolute
   elevation. */

#include "positions.h"

enum { HORIZONTAL = 3, LONGITUDE = 9, LATITUDE, VERTICAL, ELEVATION = 17 };

PyObject *decode_offset(const struct node *node, struct reader *reader, struct position *reference)
{
    struct position here = {.known = true};
    uint64_t preamble, vertical;
    const struct member *members = node->members;
    bool known = reference && reference->known;
    if (!take(reader, node->extensible + 4, &preamble) || preamble > 15)
        return NULL;
    unsigned horizontal = preamble & 7;
    if (horizontal == 7)
        return NULL;
    if (horizontal == 6) {
        if (!take_number(members[LONGITUDE].node, reader, &here.longitude) ||
            !take_number(members[LATITUDE].node, reader, &here.latitude))
            return NULL;
    } else {
        if (!take_number(members[HORIZONTAL + horizontal].node, reader, &here.longitude) ||
            !take_number(members[HORIZONTAL + horizontal].node, reader, &here.latitude))
            return NULL;
        if (known) {
            here.longitude += reference->longitude;
            here.latitude += reference->latitude;
        }
    }
    if (preamble & 8) {
        if (!take(reader, 3, &vertical) || vertical == 7 ||
            !take_number(members[VERTICAL + vertical].node, reader, &here.elevation))
            return NULL;
        here.elevated = true;
        if (vertical != 6) {
            here.elevated = known && reference->elevated && here.elevation != members[VERTICAL + vertical].node->low;
            if (here.elevated)
                here.elevation += reference->elevation;
        }
    }
    return horizontal != 6 && !known ? Py_NewRef(Py_None) : position(node, &here);
}

/* Return the smallest width whose numbers hold both; 6 when none does. */
static unsigned narrowest(const struct member *widths, int64_t one, int64_t other, int64_t spare)
{
    unsigned width = 0;
    while (width < 6) {
        int64_t low = widths[width].node->low + spare, high = widths[width].node->high - spare / 2;
        if (one >= low && other >= low && one <= high && other <= high)
            break;
        width++;
    }
    return width;
}

bool encode_offset(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    struct position here;
    const struct member *members = node->members;
    bool known = reference && reference->known;
    if (!locate(node, value, &here))
        return false;
    if (!here.known) {
        here.longitude = members[1].node->blank;
        here.latitude = members[0].node->blank;
        here.elevated = known = false;
    }
    int64_t longitude = here.longitude, latitude = here.latitude;
    unsigned horizontal = 6;
    if (known) {
        horizontal = narrowest(members + HORIZONTAL, longitude - reference->longitude, latitude - reference->latitude, 0);
        if (horizontal < 6) {
            longitude -= reference->longitude;
            latitude -= reference->latitude;
        }
    }
    const struct node *east = members[horizontal < 6 ? HORIZONTAL + horizontal : LONGITUDE].node;
    const struct node *north = members[horizontal < 6 ? HORIZONTAL + horizontal : LATITUDE].node;
    if (!put(writer, (uint64_t)here.elevated << 3 | horizontal, node->extensible + 4) ||
        !put_number(east, writer, longitude) || !put_number(north, writer, latitude))
        return false;
    if (!here.elevated)
        return true;
    unsigned vertical = 6;
    if (known && reference->elevated) { /* the least number means unavailable, the least and the greatest but it beyond */
        int64_t difference = here.elevation - reference->elevation;
        vertical = narrowest(members + VERTICAL, difference, difference, 2);
        if (vertical < 6)
            here.elevation = difference;
    }
    return put(writer, vertical, 3) && put_number(members[VERTICAL + vertical].node, writer, here.elevation);
}
