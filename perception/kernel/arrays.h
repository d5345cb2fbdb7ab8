/* Arrays of numpy as C sees them, by the buffer protocol: contiguous, of float64, int64 or bool. */

#ifndef KERNEL_ARRAYS_H
#define KERNEL_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#define MOST_ARRAYS 32 /* of one call */

/* The arrays of a call, which are held until `release`. */
struct arrays {
    Py_buffer view[MOST_ARRAYS];
    int count;
};

/* Return an array of so many elements (-1: of any number), to be written into if `writable`; NULL: TypeError, ValueError. */
double *floats(struct arrays *arrays, PyObject *object, Py_ssize_t size, bool writable);
int64_t *integers(struct arrays *arrays, PyObject *object, Py_ssize_t size, bool writable);
bool *masks(struct arrays *arrays, PyObject *object, Py_ssize_t size); /* to be written into */

/* Return the number of elements of the array that was taken last. */
Py_ssize_t last_size(const struct arrays *arrays);

void release(struct arrays *arrays);

/* Set TypeError unless a call has so many arguments. */
bool expect(Py_ssize_t given, Py_ssize_t expected);

#endif
