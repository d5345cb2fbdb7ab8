/* Physical quantities of records as counts of steps. */

#ifndef UPER_QUANTITIES_H
#define UPER_QUANTITIES_H

#include "node.h"

/* Return the quantity of a count; None when it stands for no measurement. */
PyObject *physical(const struct node *node, int64_t count);

/* Return the nearest count, clamped; `none` tells that there is no number. False for what is none at all. */
bool counted(const struct node *node, PyObject *value, int64_t *count, bool *none);

#endif
