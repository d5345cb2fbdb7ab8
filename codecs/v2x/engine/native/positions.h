/* Positions of records: absolute, and in steps of the wire. */

#ifndef UPER_POSITIONS_H
#define UPER_POSITIONS_H

#include "node.h"

enum { POSITION_MEMBERS = 3, OFFSET_MEMBERS = 18 }; /* of the nodes */

/* Return the record of a position; None when latitude or longitude stands for no measurement. */
PyObject *position(const struct node *node, const struct position *here);

/* Return the steps of a position. */
bool locate(const struct node *node, PyObject *value, struct position *here);

/* Return the position that a member gives to the offsets behind it, held in `own`: `reference` when it gives none. NULL
   for a value without a position, or with an exception set. */
struct position *refer(const struct member *member, PyObject *value, const struct position *reference,
                       struct position *own);

#endif
