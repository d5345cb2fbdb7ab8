#ifndef KERNEL_ASSIGNMENT_H
#define KERNEL_ASSIGNMENT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

/* Choose a column for each row, -1 for none, so that the sum of benefits (rows x columns) is the greatest; MemoryError,
   ValueError: there is none that is finite. */
bool assign_best(const double *benefit, Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t *chosen);

#endif
