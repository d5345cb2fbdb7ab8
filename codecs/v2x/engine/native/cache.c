#include "cache.h"

/* Return the width of a number or of a short string of bits; 0 for all else. */
static unsigned width(const struct node *node)
{
    switch (node->kind) {
    case SCALE:
        return width(node->inner);
    case INTEGER:
    case BOOLEAN:
    case ENUMERATED:
    case BIT_STRING:
    case FLAGS:
        return node->bits + node->extensible;
    default:
        return 0;
    }
}

/* Return the width of a few numbers together, or of one out of several, behind a certain preamble or index; 0 when it
   has none. */
static unsigned width_behind(const struct node *node, unsigned head)
{
    unsigned optional = (unsigned)node->optional, bits = node->kind == CHOICE ? node->bits : optional;
    if (node->kind == CHOICE)
        return head < node->count ? bits + width(node->members[head].node) : 0;
    for (Py_ssize_t i = 0; i < node->count; i++)
        if (!node->members[i].optional || head >> --optional & 1)
            bits += width(node->members[i].node);
    return bits;
}

/* Is a value worth its place in a cache: a number that Python does not keep itself, a bit string, a few numbers together? */
static bool is_cached(const struct node *node)
{
    if (node->kind == INTEGER)
        return node->bits > 8 && node->bits <= 20;
    if ((node->kind != SEQUENCE && node->kind != CHOICE) || node->additions || node->extensible)
        return node->kind == BIT_STRING || node->kind == FLAGS;
    unsigned most = 0;
    for (Py_ssize_t i = 0; i < node->count; i++) {
        if (!width(node->members[i].node))
            return false;
        most += width(node->members[i].node);
    }
    return node->bits + (unsigned)node->optional <= HEAD_BITS && most + HEAD_BITS <= MAX_BITS;
}

/* Decode a small value. One that came before is the same object again; a dict, which may be changed, a copy. */
static PyObject *decode_cached(const struct node *node, struct reader *reader, struct position *reference)
{
    size_t at = reader->at;
    uint64_t bits;
    if (!take(reader, node->cache->head, &bits))
        return NULL;
    unsigned size = node->cache->width[bits];
    reader->at = at;
    if (!size || !take(reader, size, &bits))
        return NULL;
    bits = bits << 6 | size;
    size_t place = bits * 0x9e3779b97f4a7c15 >> 58;
    PyObject **kept = &node->cache->value[place];
    bool again = node->cache->bits[place] == bits;
    bool dict = node->kind == SEQUENCE && !node->record;
    if (again && *kept)
        return dict ? PyDict_Copy(*kept) : Py_NewRef(*kept);
    reader->at = at;
    PyObject *value = node->decode_new(node, reader, reference);
    if (value) {
        node->cache->bits[place] = bits;
        Py_XSETREF(*kept, !again ? NULL : dict ? PyDict_Copy(value) : Py_NewRef(value));
    }
    return value;
}

bool make_cache(struct node *node)
{
    if (!is_cached(node))
        return true;
    struct cache *cache = node->cache = PyMem_Calloc(1, sizeof *cache);
    if (!cache)
        return PyErr_NoMemory(), false;
    if (node->kind == INTEGER) /* decode_integer looks itself */
        return true;
    node->decode = decode_cached;
    cache->width[0] = (uint8_t)width(node);
    if (node->kind == SEQUENCE || node->kind == CHOICE) {
        cache->head = node->bits + (unsigned)node->optional;
        for (unsigned head = 0; head < 1u << cache->head; head++)
            cache->width[head] = (uint8_t)width_behind(node, head);
    }
    return true;
}

void clear_cache(struct node *node)
{
    for (int i = 0; node->cache && i < CACHED; i++)
        Py_XDECREF(node->cache->value[i]);
    PyMem_Free(node->cache);
}
