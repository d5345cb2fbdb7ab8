#include "arrays.h"

#include <string.h>

static void *take(struct arrays *arrays, PyObject *object, Py_ssize_t size, bool writable, const char *formats)
{
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    Py_buffer *view = &arrays->view[arrays->count];
    if (arrays->count == MOST_ARRAYS || PyObject_GetBuffer(object, view, flags) < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "too many arrays");
        return NULL;
    }
    arrays->count++;
    if (view->itemsize != (formats[0] == '?' ? 1 : 8) || !view->format || view->format[1] || !strchr(formats, view->format[0]))
        PyErr_Format(PyExc_TypeError, "expected an array of type %c, got %s", formats[0], view->format);
    else if (size >= 0 && view->len != view->itemsize * size)
        PyErr_Format(PyExc_ValueError, "expected %zd elements, got %zd", size, view->len / view->itemsize);
    else
        return view->buf;
    return NULL;
}

double *floats(struct arrays *arrays, PyObject *object, Py_ssize_t size, bool writable)
{
    return take(arrays, object, size, writable, "d");
}

int64_t *integers(struct arrays *arrays, PyObject *object, Py_ssize_t size, bool writable)
{
    return take(arrays, object, size, writable, "lq");
}

bool *masks(struct arrays *arrays, PyObject *object, Py_ssize_t size)
{
    return take(arrays, object, size, true, "?");
}

Py_ssize_t last_size(const struct arrays *arrays)
{
    const Py_buffer *view = &arrays->view[arrays->count - 1];
    return view->len / view->itemsize;
}

void release(struct arrays *arrays)
{
    while (arrays->count)
        PyBuffer_Release(&arrays->view[--arrays->count]);
}

bool expect(Py_ssize_t given, Py_ssize_t expected)
{
    if (given != expected)
        PyErr_Format(PyExc_TypeError, "expected %zd arguments, got %zd", expected, given);
    return given == expected;
}
