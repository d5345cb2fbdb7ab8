/* SEQUENCE OF, CHOICE, open types. */

#include "node.h"

PyObject *decode_sequence_of(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t size;
    if (!take_size(node, reader, &size) || size > reader->end - reader->at)
        return NULL;
    PyObject *value = node->record ? PyTuple_New((Py_ssize_t)size) : PyList_New((Py_ssize_t)size);
    if (!value)
        return NULL;
    for (Py_ssize_t i = 0; i < (Py_ssize_t)size; i++) {
        PyObject *item = decode(node->inner, reader, reference);
        if (!item) {
            Py_DECREF(value);
            return NULL;
        }
        if (node->record)
            PyTuple_SET_ITEM(value, i, item);
        else
            PyList_SET_ITEM(value, i, item);
    }
    return node->record ? tree(value) : value;
}

bool encode_sequence_of(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    if (!(node->record ? PyTuple_CheckExact(value) : PyList_CheckExact(value)))
        return false;
    if (!put_size(node, writer, PySequence_Fast_GET_SIZE(value)))
        return false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); i++)
        if (!encode(node->inner, writer, PySequence_Fast_GET_ITEM(value, i), reference))
            return false;
    return true;
}

/* Read an open type: a length, and a whole encoding in so many octets. */
PyObject *decode_open(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t octets;
    if (!take_length(reader, &octets) || octets > (reader->end - reader->at) / 8)
        return NULL;
    size_t outer = reader->end;
    reader->end = reader->at + 8 * octets;
    PyObject *value = decode(node, reader, reference);
    if (value && !take_padding(reader))
        Py_CLEAR(value);
    reader->end = outer;
    return value;
}

bool encode_open(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    uint8_t room[256];
    struct writer inner = {.octets = room, .room = sizeof room};
    bool done = encode(node, &inner, value, reference) && put_padding(&inner) && put_length(writer, inner.at) &&
                put_octets(writer, inner.octets, inner.at);
    if (inner.heap)
        PyMem_Free(inner.octets);
    return done;
}

PyObject *decode_choice(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t index;
    PyObject *value;
    if (!take(reader, node->bits + node->extensible, &index))
        return NULL;
    if (node->extensible && index >> node->bits) {
        reader->at -= node->bits;
        if (!take(reader, 7, &index) || index >= (uint64_t)node->additions)
            return NULL;
        index += (uint64_t)node->count;
        value = decode_open(node->members[index].node, reader, reference);
    } else {
        value = index < (uint64_t)node->count ? decode(node->members[index].node, reader, reference) : NULL;
    }
    if (!value || node->record)
        return value;
    PyObject *pair = PyTuple_New(2);
    if (!pair) {
        Py_DECREF(value);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, Py_NewRef(node->members[index].name));
    PyTuple_SET_ITEM(pair, 1, value);
    return tree(pair);
}

/* Return the index of the alternative of a value and the value inside; -1 when there is none. */
static Py_ssize_t alternative(const struct node *node, PyObject *value, PyObject **inside)
{
    Py_ssize_t all = node->count + node->additions;
    if (node->record) {
        *inside = value;
        for (Py_ssize_t i = 0; i < all; i++)
            if (Py_TYPE(value) == node->members[i].node->type)
                return i;
        return -1;
    }
    if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(value, 0)))
        return -1;
    *inside = PyTuple_GET_ITEM(value, 1);
    for (Py_ssize_t i = 0; i < all; i++)
        if (PyTuple_GET_ITEM(value, 0) == node->members[i].name)
            return i;
    for (Py_ssize_t i = 0; i < all; i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(value, 0), node->members[i].name) == 0)
            return i;
    return -1;
}

bool encode_choice(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    PyObject *inside;
    Py_ssize_t index = alternative(node, value, &inside);
    if (index < 0)
        return false;
    const struct node *inner = node->members[index].node;
    if (index >= node->count)
        return put(writer, (uint64_t)(0x80 | (index - node->count)), 8) && encode_open(inner, writer, inside, reference);
    return put(writer, (uint64_t)index, node->bits + node->extensible) && encode(inner, writer, inside, reference);
}
