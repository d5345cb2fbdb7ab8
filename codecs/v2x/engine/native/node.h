/* A type of the table, and the functions that read and write its values. */

#ifndef UPER_NODE_H
#define UPER_NODE_H

#include "bits.h"

enum kind {
    INTEGER, BOOLEAN, ENUMERATED, BIT_STRING, OCTET_STRING, TEXT, SEQUENCE_OF, SEQUENCE, CHOICE, OPEN, /* of the wire */
    SCALE, FLAGS, POSITION, OFFSET, CONVERTED, /* of records */
    KINDS
};

#define MAX_MEMBERS 64 /* of a sequence */

/* A position in steps of the wire: what offsets are relative to. */
struct position {
    bool known, elevated;
    int64_t latitude, longitude, elevation;
};

struct cache; /* see cache.h */
struct node;

/* NULL or false: with a Python exception set, or without one when the input is irregular. `reference`: the position that
   offsets are relative to, or NULL. */
typedef PyObject *decoder(const struct node *, struct reader *, struct position *reference);
typedef bool encoder(const struct node *, struct writer *, PyObject *, struct position *reference);

struct member {
    PyObject *name;
    const struct node *node;
    bool optional;
    int64_t key;         /* what the selector of an open type says */
    Py_ssize_t offset;   /* of the slot in a record; 0 when the record has no such field */
    PyObject *absent;    /* what a record holds when the member is absent; NULL when it must be there */
    PyObject *reference; /* callable, gives the position that offsets behind this member are relative to; or NULL */
};

struct node {
    enum kind kind;
    decoder *decode, *decode_new; /* which of them: without a look at the cache */
    encoder *encode;
    bool extensible;
    bool record; /* values are records: a struct, a tuple, one of several structs */
    unsigned bits;
    int64_t low, high; /* number or size; a high of -1: any size, behind a general length */
    Py_ssize_t count, additions, optional;
    struct member *members; /* `count` of the root, then the additions */
    Py_ssize_t others;      /* fields of a record that do not travel: their slots and what they hold */
    struct member *other;
    const struct node *inner; /* element of a list, number of a scale, wire form of a converted value */
    PyObject *names, *codes;  /* enumerators or flags; name -> code or mask */
    PyTypeObject *type;       /* of a record */
    PyObject *to_wire, *from_wire;
    double numerator, denominator;
    int64_t lowest, highest, blank;
    bool has_blank, circular, whole;
    struct cache *cache; /* NULL for types that are too long, or too simple to be worth it */
};

static inline PyObject *decode(const struct node *node, struct reader *reader, struct position *reference)
{
    return node->decode(node, reader, reference);
}

static inline bool encode(const struct node *node, struct writer *writer, PyObject *value, struct position *reference)
{
    return node->encode(node, writer, value, reference);
}

/* Leave a new container to reference counting: it is part of a tree. (A dict is tracked again when it is given more.) */
static inline PyObject *tree(PyObject *container)
{
    PyObject_GC_UnTrack(container);
    return container;
}

static inline bool take_number(const struct node *node, struct reader *reader, int64_t *number)
{
    uint64_t raw;
    if (!take(reader, node->bits + node->extensible, &raw) || raw > (uint64_t)(node->high - node->low))
        return false;
    *number = node->low + (int64_t)raw;
    return true;
}

static inline bool put_number(const struct node *node, struct writer *writer, int64_t number)
{
    return number >= node->low && number <= node->high &&
           put(writer, (uint64_t)(number - node->low), node->bits + node->extensible);
}

static inline bool as_number(PyObject *value, int64_t *number)
{
    int overflow;
    if (!PyLong_Check(value))
        return false;
    *number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow;
}

/* Read or write the number of elements of the root. */
bool take_size(const struct node *node, struct reader *reader, uint64_t *size);
bool put_size(const struct node *node, struct writer *writer, Py_ssize_t size);

static inline PyObject **slot(PyObject *record, Py_ssize_t offset)
{
    return (PyObject **)((char *)record + offset);
}

static inline PyObject *new_record(const struct node *node)
{
    return node->type->tp_alloc(node->type, 0);
}

decoder decode_integer, decode_boolean, decode_enumerated;                       /* numbers.c */
encoder encode_integer, encode_boolean, encode_enumerated;
decoder decode_scale, decode_converted;                                          /* quantities.c */
encoder encode_scale, encode_converted;
decoder decode_bit_string, decode_flags, decode_octet_string, decode_text;       /* strings.c */
encoder encode_bit_string, encode_flags, encode_octet_string, encode_text;
decoder decode_sequence_of, decode_choice, decode_open;                          /* composites.c */
encoder encode_sequence_of, encode_choice, encode_open;
decoder decode_sequence;                                                         /* sequence_reading.c */
encoder encode_sequence;                                                         /* sequence_writing.c */
decoder decode_position, decode_offset;                                          /* positions.c, offsets.c */
encoder encode_position, encode_offset;

#endif
