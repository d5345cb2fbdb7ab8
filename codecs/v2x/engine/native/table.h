/* Nodes out of the rows that Python writes (see table.py). */

#ifndef UPER_TABLE_H
#define UPER_TABLE_H

#include "node.h"

/* Fill nodes[self] from its row; types come before those that use them. ValueError, or what the row's fields raise. */
bool read_node(struct node *nodes, Py_ssize_t self, PyObject *row);

void clear_node(struct node *node);

/* Set ValueError; return false. */
bool wrong(const char *what);

#endif
