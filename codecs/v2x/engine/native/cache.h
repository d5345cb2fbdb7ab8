/* Small values seen again and again, which are made once: confidences, sizes, ids of nodes, flags. */

#ifndef UPER_CACHE_H
#define UPER_CACHE_H

#include "node.h"

#define CACHED 64   /* values that a node keeps; a power of two */
#define HEAD_BITS 6 /* most bits of a preamble or index of a value that is kept */

/* Bits and their number, and what they mean. */
struct cache {
    unsigned head;                  /* bits that tell the width: a preamble, an index */
    uint8_t width[1 << HEAD_BITS]; /* of a whole value by its head; 0 where there is none */
    uint64_t bits[CACHED];
    PyObject *value[CACHED]; /* NULL until the bits come a second time */
};

/* Give a node a cache where that is worth it; MemoryError. */
bool make_cache(struct node *node);

void clear_cache(struct node *node);

#endif
