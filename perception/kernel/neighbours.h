#ifndef KERNEL_NEIGHBOURS_H
#define KERNEL_NEIGHBOURS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

struct pairs {
    int64_t *first, *second;
    Py_ssize_t count, room;
};

/* Places (2, size) and how far each reaches (size,), m. */
struct places {
    const double *place, *reach;
    Py_ssize_t size;
};

/* Find the pairs that differ by no more than both reaches on either axis, in order of the first, then of the second; to
   be let go by `forget_pairs` in any case. False with MemoryError. */
bool find_pairs(struct places here, struct places others, struct pairs *pairs);

void forget_pairs(struct pairs *pairs);

#endif
