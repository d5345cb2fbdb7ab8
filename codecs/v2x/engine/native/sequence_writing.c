/* SEQUENCE, encoding: of a dict or a record. */

#include <math.h>

#include "node.h"
#include "positions.h"

static bool encode_selected(const struct node *node, struct writer *writer, PyObject *value, PyObject *dict)
{
    int64_t key;
    if (PyBytes_CheckExact(value)) /* encoded already */
        return put_length(writer, (uint64_t)PyBytes_GET_SIZE(value)) &&
               put_octets(writer, (const uint8_t *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
    PyObject *selector = PyDict_GetItemWithError(dict, node->names);
    if (!selector || !as_number(selector, &key) || !PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) != 2)
        return false;
    for (Py_ssize_t i = 0; i < node->count; i++)
        if (node->members[i].key == key)
            return PyUnicode_Check(PyTuple_GET_ITEM(value, 0)) &&
                   PyUnicode_Compare(PyTuple_GET_ITEM(value, 0), node->members[i].name) == 0 &&
                   encode_open(node->members[i].node, writer, PyTuple_GET_ITEM(value, 1), NULL);
    return false;
}

/* Is a record's field absent on the wire? Negative: an exception. */
static int is_absent(const struct member *member, PyObject *value)
{
    if (value == member->absent)
        return 1;
    if (member->absent == Py_None)
        return PyFloat_Check(value) && !isfinite(PyFloat_AS_DOUBLE(value));
    return PyObject_RichCompareBool(value, member->absent, Py_EQ);
}

/* Find the members of a dict, borrowed; NULL for those that are absent. They mostly come in order. */
static bool find_members(const struct node *node, PyObject *dict, PyObject **values)
{
    Py_ssize_t at = 0, found = 0, all = node->count + node->additions;
    PyObject *key, *value;
    int more = PyDict_Next(dict, &at, &key, &value);
    for (Py_ssize_t i = 0; i < all; i++) {
        values[i] = NULL;
        if (more && key == node->members[i].name) {
            values[i] = value;
            found++;
            more = PyDict_Next(dict, &at, &key, &value);
        }
    }
    for (Py_ssize_t i = 0; found != PyDict_GET_SIZE(dict) && i < all; i++) {
        values[i] = PyDict_GetItemWithError(dict, node->members[i].name);
        if (!values[i] && PyErr_Occurred())
            return false;
    }
    return true;
}

/* Find the fields of a record in the same way. */
static bool find_fields(const struct node *node, PyObject *record, PyObject **values)
{
    for (Py_ssize_t i = 0; i < node->count + node->additions; i++) {
        const struct member *member = &node->members[i];
        values[i] = member->offset ? *slot(record, member->offset) : NULL;
        int absent = values[i] && member->absent ? is_absent(member, values[i]) : 0;
        if (absent < 0)
            return false;
        if (absent)
            values[i] = NULL;
    }
    return true;
}

static bool encode_additions(const struct node *node, struct writer *writer, PyObject **values, struct position *reference)
{
    uint64_t present = 0;
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        present = present << 1 | (values[i] != NULL);
    if (!put(writer, (uint64_t)node->additions - 1, 7) || !put(writer, present, (unsigned)node->additions))
        return false;
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        if (values[i] && !encode_open(node->members[i].node, writer, values[i], reference))
            return false;
    return true;
}

bool encode_sequence(const struct node *node, struct writer *writer, PyObject *whole, struct position *reference)
{
    PyObject *values[MAX_MEMBERS];
    struct position own;
    if (node->record ? Py_TYPE(whole) != node->type : !PyDict_CheckExact(whole))
        return false;
    if (!(node->record ? find_fields(node, whole, values) : find_members(node, whole, values)))
        return false;
    uint64_t preamble = 0;
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        preamble |= values[i] != NULL;
    bool extended = preamble;
    for (Py_ssize_t i = 0; i < node->count; i++)
        if (node->members[i].optional)
            preamble = preamble << 1 | (values[i] != NULL);
        else if (!values[i])
            return false;
    if (!put(writer, preamble, node->extensible + (unsigned)node->optional))
        return false;
    for (Py_ssize_t i = 0; i < node->count; i++) {
        const struct member *member = &node->members[i];
        if (!values[i])
            continue;
        if (!(member->node->kind == OPEN ? encode_selected(member->node, writer, values[i], whole)
                                         : encode(member->node, writer, values[i], reference)))
            return false;
        if (member->reference && !(reference = refer(member, values[i], reference, &own)))
            return false;
    }
    return !extended || encode_additions(node, writer, values, reference);
}
