/* From the rows of Python to nodes. */

#include "table.h"

#include <structmember.h>

#include "cache.h"
#include "positions.h"

/* What has no record, and an open type that is no member, is not handled. */
static PyObject *decode_nothing(const struct node *node, struct reader *reader, struct position *reference)
{
    return NULL;
}

static bool encode_nothing(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    return false;
}

static const struct {
    decoder *decode;
    encoder *encode;
} CODERS[KINDS] = {
    [INTEGER] = {decode_integer, encode_integer},
    [BOOLEAN] = {decode_boolean, encode_boolean},
    [ENUMERATED] = {decode_enumerated, encode_enumerated},
    [BIT_STRING] = {decode_bit_string, encode_bit_string},
    [OCTET_STRING] = {decode_octet_string, encode_octet_string},
    [TEXT] = {decode_text, encode_text},
    [SEQUENCE_OF] = {decode_sequence_of, encode_sequence_of},
    [SEQUENCE] = {decode_sequence, encode_sequence},
    [CHOICE] = {decode_choice, encode_choice},
    [OPEN] = {decode_nothing, encode_nothing}, /* as a member only, see decode_selected */
    [SCALE] = {decode_scale, encode_scale},
    [FLAGS] = {decode_flags, encode_flags},
    [POSITION] = {decode_position, encode_position},
    [OFFSET] = {decode_offset, encode_offset},
    [CONVERTED] = {decode_converted, encode_converted},
};

bool wrong(const char *what)
{
    PyErr_Format(PyExc_ValueError, "program: %s", what);
    return false;
}

static void clear_members(struct member *members, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; members && i < count; i++) {
        Py_XDECREF(members[i].name);
        Py_XDECREF(members[i].absent);
        Py_XDECREF(members[i].reference);
    }
    PyMem_Free(members);
}

void clear_node(struct node *node)
{
    clear_members(node->members, node->count + node->additions);
    clear_members(node->other, node->others);
    Py_XDECREF(node->names);
    Py_XDECREF(node->codes);
    Py_XDECREF(node->type);
    Py_XDECREF(node->to_wire);
    Py_XDECREF(node->from_wire);
    clear_cache(node);
}

/* Find where a field lies in a record. */
static bool find_slot(PyObject *descriptor, struct member *member)
{
    if (descriptor == Py_None)
        return true;
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type))
        return wrong("a field without a slot");
    PyMemberDef *definition = ((PyMemberDescrObject *)descriptor)->d_member;
    member->offset = definition->offset;
    return definition->type == T_OBJECT_EX || wrong("a slot of another type");
}

/* (name, node, optional, key, slot or None, what stands for it as (value,) or (), reference or None) */
static bool read_member(struct node *nodes, Py_ssize_t self, struct member *member, PyObject *row)
{
    Py_ssize_t index;
    int optional;
    long long key;
    PyObject *name, *descriptor, *absent, *reference;
    if (!PyArg_ParseTuple(row, "UnpLOO!O", &name, &index, &optional, &key, &descriptor, &PyTuple_Type, &absent,
                          &reference))
        return false;
    if (index >= self)
        return wrong("a member before its type");
    member->node = index < 0 ? NULL : &nodes[index];
    member->optional = optional;
    member->key = key;
    member->name = Py_NewRef(name);
    PyUnicode_InternInPlace(&member->name);
    if (PyTuple_GET_SIZE(absent))
        member->absent = Py_NewRef(PyTuple_GET_ITEM(absent, 0));
    if (reference != Py_None)
        member->reference = Py_NewRef(reference);
    return find_slot(descriptor, member);
}

static bool read_members(struct node *nodes, Py_ssize_t self, PyObject *rows, struct member **members, Py_ssize_t *count)
{
    Py_ssize_t size = PyTuple_GET_SIZE(rows);
    *members = PyMem_Calloc((size_t)size + 1, sizeof **members);
    if (!*members) {
        PyErr_NoMemory();
        return false;
    }
    *count = size;
    for (Py_ssize_t i = 0; i < size; i++)
        if (!read_member(nodes, self, &(*members)[i], PyTuple_GET_ITEM(rows, i)))
            return false;
    return true;
}

/* (numerator, denominator, lowest, highest, blank or None, circular, whole) */
static bool read_scale(struct node *node, PyObject *row)
{
    PyObject *blank;
    int circular, whole;
    long long lowest, highest;
    if (row == Py_None)
        return true;
    if (!PyArg_ParseTuple(row, "ddLLOpp", &node->numerator, &node->denominator, &lowest, &highest, &blank, &circular,
                          &whole))
        return false;
    node->lowest = lowest;
    node->highest = highest;
    node->circular = circular;
    node->whole = whole;
    node->has_blank = blank != Py_None;
    return !node->has_blank || as_number(blank, &node->blank) || wrong("a blank that is no number");
}

static PyObject *given(PyObject *object)
{
    return object == Py_None ? NULL : Py_NewRef(object);
}

static bool check_node(const struct node *node)
{
    bool bits = node->kind == BIT_STRING || node->kind == FLAGS;
    if ((unsigned)node->kind >= KINDS)
        return wrong("an unknown kind");
    if (node->bits + node->extensible > MAX_BITS || node->optional + node->extensible > MAX_BITS)
        return wrong("too wide");
    if (node->count + node->additions > MAX_MEMBERS)
        return wrong("too many members");
    if (bits && (node->high < 1 || node->high > MAX_BITS))
        return wrong("a bit string that is too long");
    if (node->kind == ENUMERATED && (!node->names || PyTuple_GET_SIZE(node->names) != node->high + 1))
        return wrong("an enumerator without a name");
    if (node->kind == OFFSET && node->count != OFFSET_MEMBERS)
        return wrong("an offset of another form");
    if (node->kind == POSITION && node->count != POSITION_MEMBERS)
        return wrong("a position of another form");
    return true;
}

bool read_node(struct node *nodes, Py_ssize_t self, PyObject *row)
{
    struct node *node = &nodes[self];
    int kind, extensible, record;
    long long low, high;
    Py_ssize_t additions, inner;
    PyObject *members, *others, *names, *codes, *type, *scale, *to_wire, *from_wire;
    if (!PyArg_ParseTuple(row, "ippILLO!nnOOOO!OOO", &kind, &extensible, &record, &node->bits, &low, &high,
                          &PyTuple_Type, &members, &additions, &inner, &names, &codes, &type, &PyTuple_Type, &others,
                          &scale, &to_wire, &from_wire))
        return false;
    node->kind = (enum kind)kind;
    node->extensible = extensible;
    node->record = record;
    node->low = low;
    node->high = high;
    node->names = given(names);
    node->codes = given(codes);
    node->type = (PyTypeObject *)given(type);
    node->to_wire = given(to_wire);
    node->from_wire = given(from_wire);
    if (inner >= self)
        return wrong("an element before its type");
    node->inner = inner < 0 ? NULL : &nodes[inner];
    if (!read_members(nodes, self, members, &node->members, &node->count) ||
        !read_members(nodes, self, others, &node->other, &node->others) || !read_scale(node, scale))
        return false;
    node->additions = additions;
    node->count -= additions;
    for (Py_ssize_t i = 0; i < node->count; i++)
        node->optional += node->members[i].optional;
    if (!check_node(node))
        return false;
    node->decode = node->decode_new = CODERS[node->kind].decode;
    node->encode = CODERS[node->kind].encode;
    return make_cache(node);
}
