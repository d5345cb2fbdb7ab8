/* SEQUENCE, decoding: into a dict or a record. */

#include "node.h"
#include "positions.h"

/* Read an open member whose type is not known: its octets. */
static PyObject *decode_octets(struct reader *reader)
{
    uint64_t octets;
    if (!take_length(reader, &octets) || octets > (reader->end - reader->at) / 8)
        return NULL;
    PyObject *value = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)octets);
    if (value)
        take_octets(reader, (uint8_t *)PyBytes_AS_STRING(value), octets);
    return value;
}

/* Read an open member: its type is what another member of the same dict selects. */
static PyObject *decode_selected(const struct node *node, struct reader *reader, PyObject *dict)
{
    int64_t key;
    if (!node->count)
        return decode_octets(reader);
    PyObject *selector = PyDict_GetItemWithError(dict, node->names);
    if (!selector || !as_number(selector, &key))
        return NULL;
    for (Py_ssize_t i = 0; i < node->count; i++)
        if (node->members[i].key == key) {
            PyObject *value = decode_open(node->members[i].node, reader, NULL);
            return value ? Py_BuildValue("ON", node->members[i].name, value) : NULL;
        }
    return NULL;
}

/* Put a member into its dict or record; the reference to the value is taken over. */
static inline bool place_member(const struct node *node, const struct member *member, PyObject *whole, PyObject *value)
{
    if (node->record && member->offset) {
        *slot(whole, member->offset) = value;
        return true;
    }
    bool done = node->record || PyDict_SetItem(whole, member->name, value) == 0;
    Py_DECREF(value);
    return done;
}

/* A member that is not there: a record holds what stands for it; false when nothing does. */
static inline bool leave_out(const struct node *node, const struct member *member, PyObject *whole)
{
    if (!node->record || !member->offset)
        return true;
    *slot(whole, member->offset) = Py_XNewRef(member->absent);
    return member->absent;
}

/* Read the additions that are there; each is an open type. */
static bool decode_additions(const struct node *node, struct reader *reader, PyObject *whole,
                             struct position *reference)
{
    uint64_t announced, present;
    unsigned count = (unsigned)node->additions;
    if (!take(reader, 7, &announced) || announced + 1 != count || !take(reader, count, &present) || !present)
        return false;
    for (unsigned i = 0; i < count; i++) {
        const struct member *member = &node->members[(unsigned)node->count + i];
        if (present >> (count - 1 - i) & 1) {
            PyObject *value = decode_open(member->node, reader, reference);
            if (!value || !place_member(node, member, whole, value))
                return false;
        } else if (!leave_out(node, member, whole)) {
            return false;
        }
    }
    return true;
}

/* Read the members that the preamble announces. */
static bool decode_members(const struct node *node, struct reader *reader, uint64_t preamble, PyObject *whole,
                           struct position *reference)
{
    unsigned optional = (unsigned)node->optional;
    struct position own;
    bool extended = node->extensible && preamble >> optional;
    for (Py_ssize_t i = 0; i < node->count; i++) {
        const struct member *member = &node->members[i];
        if (member->optional && !(preamble >> --optional & 1)) {
            if (!leave_out(node, member, whole))
                return false;
            continue;
        }
        PyObject *value = member->node->kind == OPEN ? decode_selected(member->node, reader, whole)
                                                     : decode(member->node, reader, reference);
        if (!value || !place_member(node, member, whole, value))
            return false;
        if (member->reference && !(reference = refer(member, value, reference, &own)))
            return false;
    }
    if (extended)
        return decode_additions(node, reader, whole, reference);
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        if (!leave_out(node, &node->members[i], whole))
            return false;
    return true;
}

PyObject *decode_sequence(const struct node *node, struct reader *reader, struct position *reference)
{
    uint64_t preamble;
    if (!take(reader, node->extensible + (unsigned)node->optional, &preamble))
        return NULL;
    if (!node->additions && node->extensible && preamble >> node->optional)
        return NULL;
    PyObject *whole = node->record ? new_record(node) : PyDict_New();
    if (!whole)
        return NULL;
    if (!decode_members(node, reader, preamble, whole, reference)) {
        Py_DECREF(whole);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < node->others; i++)
        *slot(whole, node->other[i].offset) = Py_NewRef(node->other[i].absent);
    return tree(whole);
}
