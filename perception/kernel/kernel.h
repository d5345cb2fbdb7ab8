/* The functions of the module, a file each; called with arrays that they read, then those that they fill. */

#ifndef KERNEL_H
#define KERNEL_H

#include "arrays.h"

typedef PyObject *function(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

function agility;    /* agility.c */
function assign;     /* assign.c */
function bodies;     /* bodies.c */
function correct;    /* correct.c */
function cover;      /* cover.c */
function drive_on;   /* drive_on.c */
function gate;       /* gate.c */
function lane_order; /* lane_order.c */
function misses;     /* misses.c */
function neighbours; /* neighbours.c */
function predict;    /* predict.c */
function project;    /* project.c */
function sight;      /* sight.c */

#endif
