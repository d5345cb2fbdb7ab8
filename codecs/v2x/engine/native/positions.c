/* Positions, absolute. A node's members are latitude, longitude, elevation, each with its slot and its scale. */

#include "positions.h"
#include "quantities.h"

static PyObject *new_position(const struct node *node, const struct position *here)
{
    PyObject *record = new_record(node);
    if (!record)
        return NULL;
    *slot(record, node->members[0].offset) = physical(node->members[0].node, here->latitude);
    *slot(record, node->members[1].offset) = physical(node->members[1].node, here->longitude);
    *slot(record, node->members[2].offset) =
        here->elevated ? physical(node->members[2].node, here->elevation) : Py_NewRef(Py_None);
    for (int i = 0; i < POSITION_MEMBERS; i++)
        if (!*slot(record, node->members[i].offset)) {
            Py_DECREF(record);
            return NULL;
        }
    return tree(record);
}

static bool in_range(const struct node *scale, int64_t count)
{
    return count >= scale->lowest && count <= scale->highest;
}

PyObject *position(const struct node *node, const struct position *here)
{
    if (!in_range(node->members[0].node, here->latitude) || !in_range(node->members[1].node, here->longitude))
        return Py_NewRef(Py_None);
    return new_position(node, here);
}

bool locate(const struct node *node, PyObject *value, struct position *here)
{
    bool no_latitude, no_longitude, no_elevation;
    memset(here, 0, sizeof *here);
    if (value == Py_None)
        return true;
    if (Py_TYPE(value) != node->type)
        return false;
    if (!counted(node->members[0].node, *slot(value, node->members[0].offset), &here->latitude, &no_latitude) ||
        !counted(node->members[1].node, *slot(value, node->members[1].offset), &here->longitude, &no_longitude) ||
        !counted(node->members[2].node, *slot(value, node->members[2].offset), &here->elevation, &no_elevation))
        return false;
    here->known = !no_latitude && !no_longitude;
    here->elevated = !no_elevation;
    return true;
}

/* Return the position among a value's members, or the value's own type. */
static const struct node *position_in(const struct node *node)
{
    while (node->kind != POSITION) {
        const struct node *next = NULL;
        for (Py_ssize_t i = 0; i < node->count && !next; i++)
            if (node->members[i].node->kind == POSITION)
                next = node->members[i].node;
        if (!next)
            return NULL;
        node = next;
    }
    return node;
}

struct position *refer(const struct member *member, PyObject *value, const struct position *reference,
                       struct position *own)
{
    *own = reference ? *reference : (struct position){0};
    if (value == Py_None)
        return own;
    PyObject *found = PyObject_CallOneArg(member->reference, value);
    if (!found)
        return NULL;
    const struct node *node = position_in(member->node);
    bool done = node && locate(node, found, own);
    Py_DECREF(found);
    return done ? own : NULL;
}

/* Position3D: latitude, longitude, elevation OPTIONAL. */
PyObject *decode_position(const struct node *node, struct reader *reader, struct position *reference)
{
    struct position here = {.known = true};
    uint64_t elevated;
    if (!take(reader, 1, &elevated) || !take_number(node->members[0].node->inner, reader, &here.latitude) ||
        !take_number(node->members[1].node->inner, reader, &here.longitude) ||
        (elevated && !take_number(node->members[2].node->inner, reader, &here.elevation)))
        return NULL;
    here.elevated = elevated;
    return position(node, &here);
}

bool encode_position(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    struct position here;
    if (!locate(node, value, &here))
        return false;
    const struct node *latitude = node->members[0].node, *longitude = node->members[1].node;
    if (!here.known)
        return put(writer, 0, 1) && put_number(latitude->inner, writer, latitude->blank) &&
               put_number(longitude->inner, writer, longitude->blank);
    return put(writer, here.elevated, 1) && put_number(latitude->inner, writer, here.latitude) &&
           put_number(longitude->inner, writer, here.longitude) &&
           (!here.elevated || put_number(node->members[2].node->inner, writer, here.elevation));
}
