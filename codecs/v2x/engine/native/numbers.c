/* INTEGER, BOOLEAN, ENUMERATED. */

#include "cache.h"
#include "node.h"

PyObject *decode_integer(const struct node *node, struct reader *reader, struct position *reference)
{
    int64_t number;
    if (!take_number(node, reader, &number))
        return NULL;
    if (!node->cache)
        return PyLong_FromLongLong(number);
    size_t place = (uint64_t)number % CACHED;
    PyObject **kept = &node->cache->value[place];
    if (!*kept || node->cache->bits[place] != (uint64_t)number) {
        PyObject *value = PyLong_FromLongLong(number);
        if (!value)
            return NULL;
        node->cache->bits[place] = (uint64_t)number;
        Py_XSETREF(*kept, value);
    }
    return Py_NewRef(*kept);
}

bool encode_integer(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    int64_t number;
    return as_number(value, &number) && put_number(node, writer, number);
}

PyObject *decode_boolean(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t bit;
    return take(reader, 1, &bit) ? PyBool_FromLong((long)bit) : NULL;
}

bool encode_boolean(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    return PyBool_Check(value) && put(writer, value == Py_True, 1);
}

PyObject *decode_enumerated(const struct node *node, struct reader *reader, struct position *reference)
{
    int64_t code;
    return take_number(node, reader, &code) ? Py_NewRef(PyTuple_GET_ITEM(node->names, code)) : NULL;
}

bool encode_enumerated(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    PyObject *code = PyUnicode_Check(value) ? PyDict_GetItemWithError(node->codes, value) : NULL;
    return code && put(writer, PyLong_AsUnsignedLongLong(code), node->bits + node->extensible);
}
