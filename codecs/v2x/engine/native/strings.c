/* BIT STRING (and flags, its form in a record), OCTET STRING, IA5String. */

#include "node.h"

bool take_size(const struct node *node, struct reader *reader, uint64_t *size)
{
    if (node->high < 0)
        return take_length(reader, size);
    if (!take(reader, node->bits + node->extensible, size))
        return false;
    *size += (uint64_t)node->low; /* with the extension bit set it is beyond any size */
    return *size <= (uint64_t)node->high;
}

bool put_size(const struct node *node, struct writer *writer, Py_ssize_t size)
{
    if (node->high < 0)
        return put_length(writer, (uint64_t)size);
    return size >= node->low && size <= node->high &&
           put(writer, (uint64_t)(size - node->low), node->bits + node->extensible);
}

static bool take_bits(const struct node *node, struct reader *reader, uint64_t *raw)
{
    return take(reader, node->bits + node->extensible, raw) && !(*raw >> node->bits);
}

PyObject *decode_bit_string(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t raw;
    uint8_t octets[8];
    if (!take_bits(node, reader, &raw))
        return NULL;
    raw = big_endian(raw << (64 - node->high));
    memcpy(octets, &raw, 8);
    return Py_BuildValue("y#L", octets, (Py_ssize_t)(node->high + 7) / 8, (long long)node->high);
}

bool encode_bit_string(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) != 2 || !PyBytes_CheckExact(PyTuple_GET_ITEM(value, 0)))
        return false;
    int64_t size;
    Py_ssize_t octets = (Py_ssize_t)(node->high + 7) / 8;
    PyObject *bytes = PyTuple_GET_ITEM(value, 0);
    if (!as_number(PyTuple_GET_ITEM(value, 1), &size) || size != node->high || PyBytes_GET_SIZE(bytes) != octets)
        return false;
    uint64_t raw = 0;
    for (Py_ssize_t i = 0; i < octets; i++)
        raw = raw << 8 | (uint8_t)PyBytes_AS_STRING(bytes)[i];
    return put(writer, raw >> (8 * octets - node->high), node->bits + node->extensible);
}

PyObject *decode_flags(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t raw;
    PyObject *found[MAX_BITS];
    Py_ssize_t count = 0;
    if (!take_bits(node, reader, &raw))
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->names); i++)
        if (raw >> (node->high - 1 - i) & 1)
            found[count++] = PyTuple_GET_ITEM(node->names, i);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple && i < count; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(found[i]));
    return tuple;
}

bool encode_flags(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    uint64_t raw = 0;
    if (value == Py_None)
        return put(writer, 0, node->bits + node->extensible);
    if (!PyTuple_CheckExact(value))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
        PyObject *mask = PyDict_GetItemWithError(node->codes, PyTuple_GET_ITEM(value, i));
        if (!mask)
            return false;
        raw |= PyLong_AsUnsignedLongLong(mask);
    }
    return put(writer, raw, node->bits + node->extensible);
}

PyObject *decode_octet_string(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t size;
    if (!take_size(node, reader, &size) || size > (reader->end - reader->at) / 8)
        return NULL;
    PyObject *value = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (value)
        take_octets(reader, (uint8_t *)PyBytes_AS_STRING(value), size);
    return value;
}

bool encode_octet_string(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    return PyBytes_CheckExact(value) && put_size(node, writer, PyBytes_GET_SIZE(value)) &&
           put_octets(writer, (const uint8_t *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
}

PyObject *decode_text(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t size, letter = 0;
    if (!take_size(node, reader, &size) || size > (reader->end - reader->at) / 7)
        return NULL;
    PyObject *value = PyUnicode_New((Py_ssize_t)size, 127);
    for (uint64_t i = 0; value && i < size; i++) {
        take(reader, 7, &letter);
        PyUnicode_1BYTE_DATA(value)[i] = (Py_UCS1)letter;
    }
    return value;
}

bool encode_text(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    if (!PyUnicode_Check(value) || !PyUnicode_IS_ASCII(value))
        return false;
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    if (!put_size(node, writer, size))
        return false;
    for (Py_ssize_t i = 0; i < size; i++)
        if (!put(writer, PyUnicode_1BYTE_DATA(value)[i], 7))
            return false;
    return true;
}
