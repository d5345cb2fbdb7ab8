/* Quantities of records: numbers that are scaled, values that Python converts. */

#include <math.h>

#include "quantities.h"

PyObject *physical(const struct node *node, int64_t count)
{
    if (count < node->lowest || count > node->highest)
        return Py_NewRef(Py_None);
    if (node->whole)
        return PyLong_FromLongLong(count);
    return PyFloat_FromDouble((double)count * node->numerator / node->denominator);
}

PyObject *decode_scale(const struct node *node, struct reader *reader, struct position *reference)
{
    int64_t count;
    return take_number(node->inner, reader, &count) ? physical(node, count) : NULL;
}

bool counted(const struct node *node, PyObject *value, int64_t *count, bool *none)
{
    double number = NAN;
    if (PyFloat_Check(value)) {
        number = PyFloat_AS_DOUBLE(value);
    } else if (value != Py_None) {
        int64_t whole;
        if (!as_number(value, &whole) || whole > INT32_MAX || whole < INT32_MIN)
            return false;
        number = (double)whole;
    }
    double steps = number * node->denominator / node->numerator;
    *none = !isfinite(steps);
    if (*none)
        return true;
    steps = nearbyint(steps);
    if (node->circular) {
        steps = fmod(steps, (double)(node->highest + 1));
        *count = (int64_t)steps + (steps < 0 ? node->highest + 1 : 0);
    } else {
        *count = steps < (double)node->lowest    ? node->lowest
                 : steps > (double)node->highest ? node->highest
                                                 : (int64_t)steps;
    }
    return true;
}

bool encode_scale(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    int64_t count;
    bool none;
    if (!counted(node, value, &count, &none) || (none && !node->has_blank))
        return false;
    return put_number(node->inner, writer, none ? node->blank : count);
}

/* A value that a method of its unit turns into the wire's and back. */
PyObject *decode_converted(const struct node *node, struct reader *reader, struct position *reference)
{
    PyObject *wire = decode(node->inner, reader, NULL);
    if (!wire)
        return NULL;
    PyObject *value = PyObject_CallOneArg(node->from_wire, wire);
    Py_DECREF(wire);
    return value;
}

bool encode_converted(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    PyObject *wire = PyObject_CallOneArg(node->to_wire, value);
    if (!wire)
        return false;
    bool done = encode(node->inner, writer, wire, NULL);
    Py_DECREF(wire);
    return done;
}
