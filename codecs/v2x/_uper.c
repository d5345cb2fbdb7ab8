/* UPER (ITU-T X.691, unaligned, basic): an interpreter over a table of types.

Program(nodes) takes a tuple of tuples (see native.py: it writes them, the parsers at the end of this file read them);
the last node is the type of whole values. A value is what asn1tools makes of it, or a record: then numbers are scaled,
bit strings are names, positions are absolute.

Only what is regular is handled. For all else - what the octets do not allow, what a later edition added, a value of
another type - Irregular is raised without a reason, and the interpreter in plain_*.py decides and explains. So a function
here returns NULL or false either with a Python exception set, or without one: then the input is irregular.

Lists are not made longer than the bits that are left, so work and memory are bounded by the octets. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
/* Where the entries of a dict lie is known to Python's own headers only, and for these versions to us: see "new dicts". */
#if PY_VERSION_HEX >= 0x030b0000 && PY_VERSION_HEX < 0x030e0000 && !defined(Py_GIL_DISABLED)
#define STENCILS 1
#define Py_BUILD_CORE 1
#include <internal/pycore_dict.h>
#undef Py_BUILD_CORE
#endif
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

enum kind {
    INTEGER, BOOLEAN, ENUMERATED, BIT_STRING, OCTET_STRING, TEXT, SEQUENCE_OF, SEQUENCE, CHOICE, OPEN, /* of the wire */
    SCALE, FLAGS, POSITION, OFFSET, CONVERTED, /* of records */
    KINDS
};

#define KEPT 64    /* small values that a node keeps as objects; a power of two */
#define HEAD 6      /* most bits of a preamble or index of a value that is kept */
#define STENCIL 16  /* stencils that a node keeps; a power of two */
#define MEMBERS 64  /* most members of a sequence */
#define WIDEST 56   /* most bits of a number: what an unaligned load of 8 octets always holds */

struct node;
struct reader;
struct writer;
struct place;

typedef PyObject *decoder(const struct node *, struct reader *, struct place *);
typedef bool encoder(const struct node *, struct writer *, PyObject *, struct place *);

struct member {
    PyObject *name;
    const struct node *node;
    bool optional;
    int64_t key;         /* what the selector of an open type says */
    Py_ssize_t offset;   /* of the slot in a record; 0 when the record has no such field */
    PyObject *standing;  /* what a record holds when the member is absent; NULL when it must be there */
    PyObject *reference; /* callable, gives the position that offsets behind this member are relative to; or NULL */
};

/* Values seen again and again: confidences, sizes, ids of nodes, flags. Bits and their number, and what they mean. */
struct kept {
    unsigned head;             /* bits that tell the width: a preamble, an index */
    uint8_t width[1 << HEAD];  /* of a whole value by its head; 0 where there is none */
    uint64_t bits[KEPT];
    PyObject *value[KEPT]; /* NULL until the bits come a second time */
};

/* Dicts with keys and without values, by the preamble that tells which keys there are; see "new dicts". */
struct stencils {
    uint64_t preamble[STENCIL];
    PyObject *stencil[STENCIL];
};

struct node {
    enum kind kind;
    decoder *decode, *decode_new; /* which of them: without a look at what came before */
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
    struct kept *kept; /* NULL for types that are too long, or too simple to be worth it */
    struct stencils *stencils; /* of a dict */
};

/* -- positions: what offsets are relative to, in steps of the wire --------------------------------------------------- */

struct place {
    bool known, elevated;
    int64_t latitude, longitude, elevation;
};

/* -- reading bits ----------------------------------------------------------------------------------------------------- */

struct reader {
    const uint8_t *data;
    size_t octets; /* of the whole message */
    size_t at, end;
};

static inline uint64_t big_endian(uint64_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word;
#else
    return word >> 56 | (word >> 40 & 0xff00) | (word >> 24 & 0xff0000) | (word >> 8 & 0xff000000) |
           (word << 8 & 0xff00000000) | (word << 24 & 0xff0000000000) | (word << 40 & 0xff000000000000) | word << 56;
#endif
}

/* Read up to WIDEST bits; false when they are not there. */
static inline bool take(struct reader *reader, unsigned bits, uint64_t *number)
{
    size_t at = reader->at, octet = at >> 3;
    uint64_t word = 0;
    if (bits > reader->end - at)
        return false;
    if (octet + 8 <= reader->octets) {
        memcpy(&word, reader->data + octet, 8);
        word = big_endian(word);
    } else {
        for (size_t i = 0; i < 8; i++)
            word = word << 8 | (octet + i < reader->octets ? reader->data[octet + i] : 0);
    }
    reader->at = at + bits;
    *number = bits ? word << (at & 7) >> (64 - bits) : 0;
    return true;
}

static bool take_octets(struct reader *reader, uint8_t *target, size_t count)
{
    if (count > (reader->end - reader->at) / 8)
        return false;
    size_t octet = reader->at >> 3;
    unsigned shift = reader->at & 7;
    const uint8_t *data = reader->data + octet;
    if (shift == 0)
        memcpy(target, data, count);
    else
        for (size_t i = 0; i < count; i++)
            target[i] = (uint8_t)(data[i] << shift | data[i + 1] >> (8 - shift));
    reader->at += 8 * count;
    return true;
}

/* Read a length determinant below 16384 in its shortest form. */
static bool take_length(struct reader *reader, uint64_t *length)
{
    if (!take(reader, 8, length))
        return false;
    if (*length < 128)
        return true;
    reader->at -= 8;
    if (!take(reader, 16, length))
        return false;
    *length -= 0x8000;
    return *length >= 128 && *length < 0x4000;
}

/* Read the number of elements of the root. */
static bool take_size(const struct node *node, struct reader *reader, uint64_t *size)
{
    if (node->high < 0)
        return take_length(reader, size);
    if (!take(reader, node->bits + node->extensible, size))
        return false;
    *size += (uint64_t)node->low; /* with the extension bit set it is beyond any size */
    return *size <= (uint64_t)node->high;
}

/* -- writing bits ----------------------------------------------------------------------------------------------------- */

struct writer {
    uint8_t *octets;
    size_t at, room; /* whole octets so far; octets there is room for, 16 always spare */
    uint64_t word;   /* its lowest `left` bits are not written yet */
    unsigned left;   /* less than 8 */
    bool heap;
};

static bool grow(struct writer *writer, size_t more)
{
    if (writer->at + more + 16 <= writer->room)
        return true;
    size_t room = 2 * (writer->at + more + 16);
    uint8_t *octets = writer->heap ? PyMem_Realloc(writer->octets, room) : PyMem_Malloc(room);
    if (!octets) {
        PyErr_NoMemory();
        return false;
    }
    if (!writer->heap)
        memcpy(octets, writer->octets, writer->at);
    writer->octets = octets;
    writer->room = room;
    writer->heap = true;
    return true;
}

/* Write up to WIDEST bits. */
static inline bool put(struct writer *writer, uint64_t number, unsigned bits)
{
    if (writer->at + 16 > writer->room && !grow(writer, 0))
        return false;
    unsigned left = writer->left + bits;
    writer->word = writer->word << bits | number;
    uint64_t word = left ? big_endian(writer->word << (64 - left)) : 0;
    memcpy(writer->octets + writer->at, &word, 8);
    writer->at += left >> 3;
    writer->left = left & 7;
    return true;
}

static bool put_octets(struct writer *writer, const uint8_t *octets, size_t count)
{
    if (!grow(writer, count))
        return false;
    if (writer->left == 0) {
        memcpy(writer->octets + writer->at, octets, count);
        writer->at += count;
        return true;
    }
    for (size_t i = 0; i < count; i++)
        put(writer, octets[i], 8);
    return true;
}

static bool put_length(struct writer *writer, uint64_t length)
{
    return length < 128 ? put(writer, length, 8) : length < 0x4000 && put(writer, 0x8000 | length, 16);
}

static bool put_size(const struct node *node, struct writer *writer, Py_ssize_t size)
{
    if (node->high < 0)
        return put_length(writer, (uint64_t)size);
    return size >= node->low && size <= node->high &&
           put(writer, (uint64_t)(size - node->low), node->bits + node->extensible);
}

/* -- types: decode and encode beside each other ----------------------------------------------------------------------- */

static inline PyObject *decode(const struct node *node, struct reader *reader, struct place *from)
{
    return node->decode(node, reader, from);
}

static inline bool encode(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    return node->encode(node, writer, value, from);
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

static PyObject *decode_integer(const struct node *node, struct reader *reader, struct place *from)
{
    int64_t number;
    if (!take_number(node, reader, &number))
        return NULL;
    if (!node->kept)
        return PyLong_FromLongLong(number);
    size_t place = (uint64_t)number % KEPT;
    PyObject **kept = &node->kept->value[place];
    if (!*kept || node->kept->bits[place] != (uint64_t)number) {
        PyObject *value = PyLong_FromLongLong(number);
        if (!value)
            return NULL;
        node->kept->bits[place] = (uint64_t)number;
        Py_XSETREF(*kept, value);
    }
    return Py_NewRef(*kept);
}

static inline bool as_number(PyObject *value, int64_t *number)
{
    int overflow;
    if (!PyLong_Check(value))
        return false;
    *number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow;
}

static bool encode_integer(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    int64_t number;
    return as_number(value, &number) && put_number(node, writer, number);
}

static PyObject *decode_boolean(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t bit;
    return take(reader, 1, &bit) ? PyBool_FromLong((long)bit) : NULL;
}

static bool encode_boolean(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    return PyBool_Check(value) && put(writer, value == Py_True, 1);
}

static PyObject *decode_enumerated(const struct node *node, struct reader *reader, struct place *from)
{
    int64_t code;
    return take_number(node, reader, &code) ? Py_NewRef(PyTuple_GET_ITEM(node->names, code)) : NULL;
}

static bool encode_enumerated(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    PyObject *code = PyUnicode_Check(value) ? PyDict_GetItemWithError(node->codes, value) : NULL;
    return code && put(writer, PyLong_AsUnsignedLongLong(code), node->bits + node->extensible);
}

static bool take_bits(const struct node *node, struct reader *reader, uint64_t *raw)
{
    return take(reader, node->bits + node->extensible, raw) && !(*raw >> node->bits);
}

static PyObject *decode_bit_string(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t raw;
    uint8_t octets[8];
    if (!take_bits(node, reader, &raw))
        return NULL;
    raw = big_endian(raw << (64 - node->high));
    memcpy(octets, &raw, 8);
    return Py_BuildValue("y#L", octets, (Py_ssize_t)(node->high + 7) / 8, (long long)node->high);
}

static PyObject *decode_flags(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t raw;
    PyObject *found[WIDEST];
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

static bool encode_bit_string(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
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

static bool encode_flags(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
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

static PyObject *decode_octet_string(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t size;
    if (!take_size(node, reader, &size) || size > (reader->end - reader->at) / 8)
        return NULL;
    PyObject *value = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (value)
        take_octets(reader, (uint8_t *)PyBytes_AS_STRING(value), size);
    return value;
}

static bool encode_octet_string(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    return PyBytes_CheckExact(value) && put_size(node, writer, PyBytes_GET_SIZE(value)) &&
           put_octets(writer, (const uint8_t *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
}

static PyObject *decode_text(const struct node *node, struct reader *reader, struct place *from)
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

static bool encode_text(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
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

static PyObject *decode_sequence_of(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t size;
    if (!take_size(node, reader, &size) || size > reader->end - reader->at)
        return NULL;
    PyObject *value = node->record ? PyTuple_New((Py_ssize_t)size) : PyList_New((Py_ssize_t)size);
    if (!value)
        return NULL;
    for (Py_ssize_t i = 0; i < (Py_ssize_t)size; i++) {
        PyObject *item = decode(node->inner, reader, from);
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

static bool encode_sequence_of(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    if (!(node->record ? PyTuple_CheckExact(value) : PyList_CheckExact(value)))
        return false;
    if (!put_size(node, writer, PySequence_Fast_GET_SIZE(value)))
        return false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); i++)
        if (!encode(node->inner, writer, PySequence_Fast_GET_ITEM(value, i), from))
            return false;
    return true;
}

/* Read an open type: a length, and a whole encoding in so many octets. */
static PyObject *decode_open(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t octets, padding;
    if (!take_length(reader, &octets) || octets > (reader->end - reader->at) / 8)
        return NULL;
    size_t outer = reader->end;
    reader->end = reader->at + 8 * octets;
    PyObject *value = decode(node, reader, from);
    size_t left = reader->end - reader->at;
    if (value && (left > 7 || !take(reader, (unsigned)left, &padding) || padding))
        Py_CLEAR(value);
    reader->end = outer;
    return value;
}

static bool encode_open(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    uint8_t room[256];
    struct writer inner = {.octets = room, .room = sizeof room};
    bool done = encode(node, &inner, value, from) && put(&inner, 0, -inner.left & 7) && put_length(writer, inner.at) &&
                put_octets(writer, inner.octets, inner.at);
    if (inner.heap)
        PyMem_Free(inner.octets);
    return done;
}

/* Read an open member: its type is what another member of the same dict selects; octets where no type is known. */
static PyObject *decode_selected(const struct node *node, struct reader *reader, PyObject *dict)
{
    int64_t key;
    uint64_t octets;
    if (!node->count) {
        PyObject *value = take_length(reader, &octets) && octets <= (reader->end - reader->at) / 8
                              ? PyBytes_FromStringAndSize(NULL, (Py_ssize_t)octets)
                              : NULL;
        if (value)
            take_octets(reader, (uint8_t *)PyBytes_AS_STRING(value), octets);
        return value;
    }
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

static inline PyObject **slot(PyObject *record, Py_ssize_t offset)
{
    return (PyObject **)((char *)record + offset);
}

static PyObject *new_record(const struct node *node)
{
    return node->type->tp_alloc(node->type, 0);
}

/* The position that a field gives to the offsets behind it; `from` stays what it is when it gives none. */
static bool refer(const struct member *member, PyObject *value, struct place *from);

/* -- new dicts -------------------------------------------------------------------------------------------------------- */

/* Half of the time of decoding goes into dicts, and most of that into finding the places of keys. So a dict is a copy of a
   stencil: a dict that has the same keys, and NULL in the place of each value. Copying takes no reference to a key that
   has no value, therefore the filling does. A stencil is seen by nothing but PyDict_Copy. */

struct filling {
    PyObject *whole; /* a dict or record */
#ifdef STENCILS
    PyDictUnicodeEntry *next, *end; /* the entries that are to be filled; none in a record */
#endif
};

#ifdef STENCILS

static PyDictUnicodeEntry *entries(PyObject *dict)
{
    return DK_UNICODE_ENTRIES(((PyDictObject *)dict)->ma_keys);
}

static PyObject *new_stencil(const struct node *node, uint64_t preamble)
{
    unsigned optional = (unsigned)node->optional;
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < node->count; i++) {
        const struct member *member = &node->members[i];
        if ((!member->optional || preamble >> --optional & 1) && PyDict_SetItem(dict, member->name, Py_None) < 0)
            Py_CLEAR(dict);
    }
    for (Py_ssize_t i = 0; dict && i < PyDict_GET_SIZE(dict); i++)
        Py_CLEAR(entries(dict)[i].me_value);
    return dict;
}

static bool new_dict(const struct node *node, uint64_t preamble, struct filling *filling)
{
    size_t place = (preamble ^ preamble >> 4) % STENCIL;
    PyObject **stencil = &node->stencils->stencil[place];
    if (!*stencil || node->stencils->preamble[place] != preamble) {
        PyObject *made = new_stencil(node, preamble);
        if (!made)
            return false;
        node->stencils->preamble[place] = preamble;
        Py_XSETREF(*stencil, made);
    }
    filling->whole = PyDict_Copy(*stencil);
    if (!filling->whole)
        return false;
    filling->next = entries(filling->whole);
    filling->end = filling->next + PyDict_GET_SIZE(filling->whole);
    return true;
}

static inline bool put_item(struct filling *filling, PyObject *name, PyObject *value)
{
    if (filling->next == filling->end) /* an addition */
        return PyDict_SetItem(filling->whole, name, value) == 0;
    Py_INCREF(filling->next->me_key);
    filling->next++->me_value = Py_NewRef(value);
    return true;
}

/* Let go of what is not complete. */
static void drop(struct filling *filling)
{
    for (; filling->next != filling->end; filling->next++)
        Py_INCREF(filling->next->me_key);
    Py_DECREF(filling->whole);
}

#else

static bool new_dict(const struct node *node, uint64_t preamble, struct filling *filling)
{
    filling->whole = PyDict_New();
    return filling->whole;
}

static inline bool put_item(struct filling *filling, PyObject *name, PyObject *value)
{
    return PyDict_SetItem(filling->whole, name, value) == 0;
}

static void drop(struct filling *filling)
{
    Py_DECREF(filling->whole);
}

#endif

/* Put a member into its dict or record; the reference to the value is taken over. */
static inline bool place_member(const struct node *node, const struct member *member, struct filling *filling,
                                PyObject *value)
{
    if (node->record && member->offset) {
        *slot(filling->whole, member->offset) = value;
        return true;
    }
    bool done = node->record || put_item(filling, member->name, value);
    Py_DECREF(value);
    return done;
}

/* A member that is not there: a record holds what stands for it; false when nothing does. */
static inline bool leave_out(const struct node *node, const struct member *member, struct filling *filling)
{
    if (!node->record || !member->offset)
        return true;
    *slot(filling->whole, member->offset) = Py_XNewRef(member->standing);
    return member->standing;
}

/* Read the additions that are there; each is an open type. */
static bool decode_additions(const struct node *node, struct reader *reader, struct filling *filling, struct place *from)
{
    uint64_t announced, present;
    unsigned count = (unsigned)node->additions;
    if (!take(reader, 7, &announced) || announced + 1 != count || !take(reader, count, &present) || !present)
        return false;
    for (unsigned i = 0; i < count; i++) {
        const struct member *member = &node->members[(unsigned)node->count + i];
        if (present >> (count - 1 - i) & 1) {
            PyObject *value = decode_open(member->node, reader, from);
            if (!value || !place_member(node, member, filling, value))
                return false;
        } else if (!leave_out(node, member, filling)) {
            return false;
        }
    }
    return true;
}

/* Read the members that the preamble announces. */
static bool decode_members(const struct node *node, struct reader *reader, uint64_t preamble, struct filling *filling,
                           struct place *from)
{
    unsigned optional = (unsigned)node->optional;
    struct place own;
    bool extended = node->extensible && preamble >> optional;
    for (Py_ssize_t i = 0; i < node->count; i++) {
        const struct member *member = &node->members[i];
        if (member->optional && !(preamble >> --optional & 1)) {
            if (!leave_out(node, member, filling))
                return false;
            continue;
        }
        PyObject *value = member->node->kind == OPEN ? decode_selected(member->node, reader, filling->whole)
                                                     : decode(member->node, reader, from);
        if (!value || !place_member(node, member, filling, value))
            return false;
        if (member->reference) {
            own = from ? *from : (struct place){0};
            if (!refer(member, value, &own))
                return false;
            from = &own;
        }
    }
    if (extended)
        return decode_additions(node, reader, filling, from);
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        if (!leave_out(node, &node->members[i], filling))
            return false;
    return true;
}

static PyObject *decode_sequence(const struct node *node, struct reader *reader, struct place *from)
{
    uint64_t preamble;
    struct filling filling = {0};
    if (!take(reader, node->extensible + (unsigned)node->optional, &preamble))
        return NULL;
    if (!node->additions && node->extensible && preamble >> node->optional)
        return NULL;
    if (!(node->record ? (filling.whole = new_record(node)) != NULL : new_dict(node, preamble, &filling)))
        return NULL;
    if (!decode_members(node, reader, preamble, &filling, from)) {
        drop(&filling);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < node->others; i++)
        *slot(filling.whole, node->other[i].offset) = Py_NewRef(node->other[i].standing);
#ifdef STENCILS
    if (!node->record && !node->additions)
        return filling.whole; /* the collector never heard of it */
#endif
    return tree(filling.whole);
}

/* Is a record's field absent on the wire? Negative: an exception. */
static int is_absent(const struct member *member, PyObject *value)
{
    if (value == member->standing)
        return 1;
    if (member->standing == Py_None)
        return PyFloat_Check(value) && !isfinite(PyFloat_AS_DOUBLE(value));
    return PyObject_RichCompareBool(value, member->standing, Py_EQ);
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
        int absent = values[i] && member->standing ? is_absent(member, values[i]) : 0;
        if (absent < 0)
            return false;
        if (absent)
            values[i] = NULL;
    }
    return true;
}

static bool encode_additions(const struct node *node, struct writer *writer, PyObject **values, struct place *from)
{
    uint64_t present = 0;
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        present = present << 1 | (values[i] != NULL);
    if (!put(writer, (uint64_t)node->additions - 1, 7) || !put(writer, present, (unsigned)node->additions))
        return false;
    for (Py_ssize_t i = node->count; i < node->count + node->additions; i++)
        if (values[i] && !encode_open(node->members[i].node, writer, values[i], from))
            return false;
    return true;
}

static bool encode_sequence(const struct node *node, struct writer *writer, PyObject *whole, struct place *from)
{
    PyObject *values[MEMBERS];
    struct place own;
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
                                         : encode(member->node, writer, values[i], from)))
            return false;
        if (member->reference) {
            own = from ? *from : (struct place){0};
            if (!refer(member, values[i], &own))
                return false;
            from = &own;
        }
    }
    return !extended || encode_additions(node, writer, values, from);
}

static PyObject *decode_choice(const struct node *node, struct reader *reader, struct place *from)
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
        value = decode_open(node->members[index].node, reader, from);
    } else {
        value = index < (uint64_t)node->count ? decode(node->members[index].node, reader, from) : NULL;
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

static bool encode_choice(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    PyObject *inside;
    Py_ssize_t index = alternative(node, value, &inside);
    if (index < 0)
        return false;
    const struct node *inner = node->members[index].node;
    if (index >= node->count)
        return put(writer, (uint64_t)(0x80 | (index - node->count)), 8) && encode_open(inner, writer, inside, from);
    return put(writer, (uint64_t)index, node->bits + node->extensible) && encode(inner, writer, inside, from);
}

/* What has no record, and an open type that is no member, is not handled. */
static PyObject *decode_nothing(const struct node *node, struct reader *reader, struct place *from)
{
    return NULL;
}

static bool encode_nothing(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    return false;
}

/* -- values of records ------------------------------------------------------------------------------------------------ */

static PyObject *physical(const struct node *node, int64_t count)
{
    if (count < node->lowest || count > node->highest)
        return Py_NewRef(Py_None);
    if (node->whole)
        return PyLong_FromLongLong(count);
    return PyFloat_FromDouble((double)count * node->numerator / node->denominator);
}

static PyObject *decode_scale(const struct node *node, struct reader *reader, struct place *from)
{
    int64_t count;
    return take_number(node->inner, reader, &count) ? physical(node, count) : NULL;
}

/* Return the nearest count, clamped; `none` tells that there is no number. False for what is none at all. */
static bool counted(const struct node *node, PyObject *value, int64_t *count, bool *none)
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

static bool encode_scale(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    int64_t count;
    bool none;
    if (!counted(node, value, &count, &none) || (none && !node->has_blank))
        return false;
    return put_number(node->inner, writer, none ? node->blank : count);
}

/* A position: members are latitude, longitude, elevation, each with its slot and its scale. */
static PyObject *new_position(const struct node *node, const struct place *place)
{
    PyObject *record = new_record(node);
    if (!record)
        return NULL;
    *slot(record, node->members[0].offset) = physical(node->members[0].node, place->latitude);
    *slot(record, node->members[1].offset) = physical(node->members[1].node, place->longitude);
    *slot(record, node->members[2].offset) =
        place->elevated ? physical(node->members[2].node, place->elevation) : Py_NewRef(Py_None);
    tree(record);
    for (int i = 0; i < 3; i++)
        if (!*slot(record, node->members[i].offset))
            Py_CLEAR(record);
    return record;
}

static bool in_range(const struct node *scale, int64_t count)
{
    return count >= scale->lowest && count <= scale->highest;
}

static PyObject *position(const struct node *node, const struct place *place)
{
    if (!in_range(node->members[0].node, place->latitude) || !in_range(node->members[1].node, place->longitude))
        return Py_NewRef(Py_None);
    return new_position(node, place);
}

/* Return the steps of a position. */
static bool locate(const struct node *node, PyObject *value, struct place *place)
{
    bool no_latitude, no_longitude, no_elevation;
    memset(place, 0, sizeof *place);
    if (value == Py_None)
        return true;
    if (Py_TYPE(value) != node->type)
        return false;
    if (!counted(node->members[0].node, *slot(value, node->members[0].offset), &place->latitude, &no_latitude) ||
        !counted(node->members[1].node, *slot(value, node->members[1].offset), &place->longitude, &no_longitude) ||
        !counted(node->members[2].node, *slot(value, node->members[2].offset), &place->elevation, &no_elevation))
        return false;
    place->known = !no_latitude && !no_longitude;
    place->elevated = !no_elevation;
    return true;
}

static bool refer(const struct member *member, PyObject *value, struct place *from)
{
    if (value == Py_None)
        return true;
    PyObject *found = PyObject_CallOneArg(member->reference, value);
    if (!found)
        return false;
    const struct node *node = member->node;
    while (node->kind != POSITION) { /* the position is a member of the value */
        const struct node *next = NULL;
        for (Py_ssize_t i = 0; i < node->count && !next; i++)
            if (node->members[i].node->kind == POSITION)
                next = node->members[i].node;
        if (!next)
            break;
        node = next;
    }
    bool done = node->kind == POSITION && locate(node, found, from);
    Py_DECREF(found);
    return done;
}

/* Position3D: latitude, longitude, elevation OPTIONAL. */
static PyObject *decode_position(const struct node *node, struct reader *reader, struct place *from)
{
    struct place place = {.known = true};
    uint64_t elevated;
    if (!take(reader, 1, &elevated) || !take_number(node->members[0].node->inner, reader, &place.latitude) ||
        !take_number(node->members[1].node->inner, reader, &place.longitude) ||
        (elevated && !take_number(node->members[2].node->inner, reader, &place.elevation)))
        return NULL;
    place.elevated = elevated;
    return position(node, &place);
}

static bool encode_position(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    struct place place;
    if (!locate(node, value, &place))
        return false;
    const struct node *latitude = node->members[0].node, *longitude = node->members[1].node;
    if (!place.known)
        return put(writer, 0, 1) && put_number(latitude->inner, writer, latitude->blank) &&
               put_number(longitude->inner, writer, longitude->blank);
    return put(writer, place.elevated, 1) && put_number(latitude->inner, writer, place.latitude) &&
           put_number(longitude->inner, writer, place.longitude) &&
           (!place.elevated || put_number(node->members[2].node->inner, writer, place.elevation));
}

/* PositionOffsetLLV. The node's own members make the position; behind them, as additions: 6 widths of horizontal offsets,
   the absolute longitude and latitude, 6 widths of vertical offsets, the absolute elevation. */
enum { HORIZONTAL = 3, LONGITUDE = 9, LATITUDE, VERTICAL, ELEVATION = 17, OFFSET_MEMBERS };

static PyObject *decode_offset(const struct node *node, struct reader *reader, struct place *from)
{
    struct place place = {.known = true};
    uint64_t preamble, vertical;
    const struct member *members = node->members;
    bool known = from && from->known;
    if (!take(reader, node->extensible + 4, &preamble) || preamble > 15)
        return NULL;
    unsigned horizontal = preamble & 7;
    if (horizontal == 7)
        return NULL;
    if (horizontal == 6) {
        if (!take_number(members[LONGITUDE].node, reader, &place.longitude) ||
            !take_number(members[LATITUDE].node, reader, &place.latitude))
            return NULL;
    } else {
        if (!take_number(members[HORIZONTAL + horizontal].node, reader, &place.longitude) ||
            !take_number(members[HORIZONTAL + horizontal].node, reader, &place.latitude))
            return NULL;
        if (known) {
            place.longitude += from->longitude;
            place.latitude += from->latitude;
        }
    }
    if (preamble & 8) {
        if (!take(reader, 3, &vertical) || vertical == 7 ||
            !take_number(members[VERTICAL + vertical].node, reader, &place.elevation))
            return NULL;
        place.elevated = true;
        if (vertical != 6) {
            place.elevated = known && from->elevated && place.elevation != members[VERTICAL + vertical].node->low;
            if (place.elevated)
                place.elevation += from->elevation;
        }
    }
    return horizontal != 6 && !known ? Py_NewRef(Py_None) : position(node, &place);
}

/* Return the smallest width whose numbers hold both; 6 when none does. */
static unsigned narrowest(const struct member *widths, int64_t one, int64_t other, int64_t spare)
{
    unsigned width = 0;
    while (width < 6) {
        int64_t low = widths[width].node->low + spare, high = widths[width].node->high - spare / 2;
        if (one >= low && other >= low && one <= high && other <= high)
            break;
        width++;
    }
    return width;
}

static bool encode_offset(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    struct place place;
    const struct member *members = node->members;
    bool known = from && from->known;
    if (!locate(node, value, &place))
        return false;
    if (!place.known) {
        place.longitude = members[1].node->blank;
        place.latitude = members[0].node->blank;
        place.elevated = known = false;
    }
    int64_t longitude = place.longitude, latitude = place.latitude;
    unsigned horizontal = 6;
    if (known) {
        horizontal = narrowest(members + HORIZONTAL, longitude - from->longitude, latitude - from->latitude, 0);
        if (horizontal < 6) {
            longitude -= from->longitude;
            latitude -= from->latitude;
        }
    }
    const struct node *east = members[horizontal < 6 ? HORIZONTAL + horizontal : LONGITUDE].node;
    const struct node *north = members[horizontal < 6 ? HORIZONTAL + horizontal : LATITUDE].node;
    if (!put(writer, (uint64_t)place.elevated << 3 | horizontal, node->extensible + 4) ||
        !put_number(east, writer, longitude) || !put_number(north, writer, latitude))
        return false;
    if (!place.elevated)
        return true;
    unsigned vertical = 6;
    if (known && from->elevated) { /* the least number means unavailable, the least and the greatest but it beyond */
        int64_t difference = place.elevation - from->elevation;
        vertical = narrowest(members + VERTICAL, difference, difference, 2);
        if (vertical < 6)
            place.elevation = difference;
    }
    return put(writer, vertical, 3) && put_number(members[VERTICAL + vertical].node, writer, place.elevation);
}

/* A value that a method of its unit turns into the wire's and back. */
static PyObject *decode_converted(const struct node *node, struct reader *reader, struct place *from)
{
    PyObject *wire = decode(node->inner, reader, NULL);
    if (!wire)
        return NULL;
    PyObject *value = PyObject_CallOneArg(node->from_wire, wire);
    Py_DECREF(wire);
    return value;
}

static bool encode_converted(const struct node *node, struct writer *writer, PyObject *value, struct place *from)
{
    PyObject *wire = PyObject_CallOneArg(node->to_wire, value);
    if (!wire)
        return false;
    bool done = encode(node->inner, writer, wire, NULL);
    Py_DECREF(wire);
    return done;
}

/* -- small values seen before ------------------------------------------------------------------------------------------ */

/* Decode a small value. One that came before is the same object again; a dict, which may be changed, a copy. */
static PyObject *decode_kept(const struct node *node, struct reader *reader, struct place *from)
{
    size_t at = reader->at;
    uint64_t bits;
    if (!take(reader, node->kept->head, &bits))
        return NULL;
    unsigned size = node->kept->width[bits];
    reader->at = at;
    if (!size || !take(reader, size, &bits))
        return NULL;
    bits = bits << 6 | size;
    size_t place = bits * 0x9e3779b97f4a7c15 >> 58;
    PyObject **kept = &node->kept->value[place];
    bool again = node->kept->bits[place] == bits;
    bool dict = node->kind == SEQUENCE && !node->record;
    if (again && *kept)
        return dict ? PyDict_Copy(*kept) : Py_NewRef(*kept);
    reader->at = at;
    PyObject *value = node->decode_new(node, reader, from);
    if (value) {
        node->kept->bits[place] = bits;
        Py_XSETREF(*kept, !again ? NULL : dict ? PyDict_Copy(value) : Py_NewRef(value));
    }
    return value;
}

/* -- all types --------------------------------------------------------------------------------------------------------- */

static const struct {
    decoder *decode;
    encoder *encode;
} WAYS[KINDS] = {
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

/* -- Program ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    struct node *nodes;
    PyObject *irregular;
} Program;

static PyObject *program_decode(Program *self, PyObject *data)
{
    uint64_t padding;
    if (!PyBytes_CheckExact(data)) {
        PyErr_SetNone(self->irregular);
        return NULL;
    }
    struct reader reader = {
        .data = (const uint8_t *)PyBytes_AS_STRING(data),
        .octets = (size_t)PyBytes_GET_SIZE(data),
        .end = 8 * (size_t)PyBytes_GET_SIZE(data),
    };
    int collecting = PyGC_Disable(); /* what is made here is a tree: there is nothing to find in it */
    PyObject *value = decode(&self->nodes[self->count - 1], &reader, NULL);
    if (collecting)
        PyGC_Enable();
    size_t left = reader.end - reader.at;
    if (value && (left > 7 || !take(&reader, (unsigned)left, &padding) || padding))
        Py_CLEAR(value);
    if (!value && !PyErr_Occurred())
        PyErr_SetNone(self->irregular);
    return value;
}

static PyObject *program_encode(Program *self, PyObject *value)
{
    uint8_t room[2048];
    struct writer writer = {.octets = room, .room = sizeof room};
    PyObject *octets = NULL;
    if (encode(&self->nodes[self->count - 1], &writer, value, NULL) && put(&writer, 0, -writer.left & 7))
        octets = PyBytes_FromStringAndSize((const char *)writer.octets, (Py_ssize_t)writer.at);
    else if (!PyErr_Occurred())
        PyErr_SetNone(self->irregular);
    if (writer.heap)
        PyMem_Free(writer.octets);
    return octets;
}

/* -- making a Program -------------------------------------------------------------------------------------------------- */

static bool wrong(const char *what)
{
    PyErr_Format(PyExc_ValueError, "program: %s", what);
    return false;
}

static void clear_members(struct member *members, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; members && i < count; i++) {
        Py_XDECREF(members[i].name);
        Py_XDECREF(members[i].standing);
        Py_XDECREF(members[i].reference);
    }
    PyMem_Free(members);
}

static void clear_node(struct node *node)
{
    clear_members(node->members, node->count + node->additions);
    clear_members(node->other, node->others);
    Py_XDECREF(node->names);
    Py_XDECREF(node->codes);
    Py_XDECREF(node->type);
    Py_XDECREF(node->to_wire);
    Py_XDECREF(node->from_wire);
    for (int i = 0; node->kept && i < KEPT; i++)
        Py_XDECREF(node->kept->value[i]);
    PyMem_Free(node->kept);
    for (int i = 0; node->stencils && i < STENCIL; i++)
        Py_XDECREF(node->stencils->stencil[i]);
    PyMem_Free(node->stencils);
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
    PyObject *name, *descriptor, *standing, *reference;
    if (!PyArg_ParseTuple(row, "UnpLOO!O", &name, &index, &optional, &key, &descriptor, &PyTuple_Type, &standing,
                          &reference))
        return false;
    if (index >= self)
        return wrong("a member before its type");
    member->node = index < 0 ? NULL : &nodes[index];
    member->optional = optional;
    member->key = key;
    member->name = Py_NewRef(name);
    PyUnicode_InternInPlace(&member->name);
    if (PyTuple_GET_SIZE(standing))
        member->standing = Py_NewRef(PyTuple_GET_ITEM(standing, 0));
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
    if (node->bits + node->extensible > WIDEST || node->optional + node->extensible > WIDEST)
        return wrong("too wide");
    if (node->count + node->additions > MEMBERS)
        return wrong("too many members");
    if (bits && (node->high < 1 || node->high > WIDEST))
        return wrong("a bit string that is too long");
    if (node->kind == ENUMERATED && (!node->names || PyTuple_GET_SIZE(node->names) != node->high + 1))
        return wrong("an enumerator without a name");
    if (node->kind == OFFSET && node->count != OFFSET_MEMBERS)
        return wrong("an offset of another form");
    if (node->kind == POSITION && node->count != 3)
        return wrong("a position of another form");
    return true;
}

/* Return the width of a number or of a short string of bits; 0 for all else. */
static unsigned width(const struct node *node)
{
    switch (node->kind) {
    case SCALE:
        return width(node->inner);
    case INTEGER:
    case BOOLEAN:
    case ENUMERATED:
    case BIT_STRING:
    case FLAGS:
        return node->bits + node->extensible;
    default:
        return 0;
    }
}

/* Return the width of a few numbers together, or of one out of several, behind a certain preamble or index; 0 when it
   has none. */
static unsigned width_behind(const struct node *node, unsigned head)
{
    unsigned optional = (unsigned)node->optional, bits = node->kind == CHOICE ? node->bits : optional;
    if (node->kind == CHOICE)
        return head < node->count ? bits + width(node->members[head].node) : 0;
    for (Py_ssize_t i = 0; i < node->count; i++)
        if (!node->members[i].optional || head >> --optional & 1)
            bits += width(node->members[i].node);
    return bits;
}

/* Is a value worth being kept: a number that Python does not keep itself, a bit string, a few numbers together? */
static bool is_kept(const struct node *node)
{
    if (node->kind == INTEGER)
        return node->bits > 8 && node->bits <= 20;
    if ((node->kind != SEQUENCE && node->kind != CHOICE) || node->additions || node->extensible)
        return node->kind == BIT_STRING || node->kind == FLAGS;
    unsigned most = 0;
    for (Py_ssize_t i = 0; i < node->count; i++) {
        if (!width(node->members[i].node))
            return false;
        most += width(node->members[i].node);
    }
    return node->bits + (unsigned)node->optional <= HEAD && most + HEAD <= WIDEST;
}

/* Make room for values that are kept. */
static bool keep(struct node *node)
{
    struct kept *kept = node->kept = PyMem_Calloc(1, sizeof *kept);
    if (!kept)
        return PyErr_NoMemory(), false;
    if (node->kind == INTEGER) /* decode_integer looks itself */
        return true;
    node->decode = decode_kept;
    kept->width[0] = (uint8_t)width(node);
    if (node->kind == SEQUENCE || node->kind == CHOICE) {
        kept->head = node->bits + (unsigned)node->optional;
        for (unsigned head = 0; head < 1u << kept->head; head++)
            kept->width[head] = (uint8_t)width_behind(node, head);
    }
    return true;
}

/* One row of the table, see native.py. */
static bool read_node(struct node *nodes, Py_ssize_t self, PyObject *row)
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
    if (node->kind == SEQUENCE && !node->record && !(node->stencils = PyMem_Calloc(1, sizeof *node->stencils)))
        return PyErr_NoMemory(), false;
    node->decode = node->decode_new = WAYS[node->kind].decode;
    node->encode = WAYS[node->kind].encode;
    return !is_kept(node) || keep(node);
}

static void program_dealloc(Program *self)
{
    PyTypeObject *type = Py_TYPE(self);
    for (Py_ssize_t i = 0; self->nodes && i < self->count; i++)
        clear_node(&self->nodes[i]);
    PyMem_Free(self->nodes);
    Py_XDECREF(self->irregular);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *program_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *rows, *irregular;
    (void)keywords;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyTuple_Type, &rows, &irregular))
        return NULL;
    Program *self = (Program *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->irregular = Py_NewRef(irregular);
    self->nodes = PyMem_Calloc((size_t)PyTuple_GET_SIZE(rows) + 1, sizeof *self->nodes);
    self->count = self->nodes ? PyTuple_GET_SIZE(rows) : 0;
    bool done = self->count > 0 || (self->nodes ? wrong("no nodes") : (PyErr_NoMemory(), false));
    for (Py_ssize_t i = 0; done && i < self->count; i++)
        done = read_node(self->nodes, i, PyTuple_GET_ITEM(rows, i));
    if (!done)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyMethodDef program_methods[] = {
    {"decode", (PyCFunction)program_decode, METH_O, "Return the value of a whole encoding."},
    {"encode", (PyCFunction)program_encode, METH_O, "Return the octets of a value."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot program_slots[] = {
    {Py_tp_doc, "Program(rows, irregular): a table of types, and the exception for what it does not handle."},
    {Py_tp_new, program_new},
    {Py_tp_dealloc, program_dealloc},
    {Py_tp_methods, program_methods},
    {0, NULL},
};

static PyType_Spec program_spec = {
    .name = "v2x._uper.Program",
    .basicsize = sizeof(Program),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = program_slots,
};

/* Does a dict that is filled hold what was put into it? ImportError when not: then Python's dicts are not what they were
   when this was written, and the engine in Python does the work. */
static bool check_dicts(void)
{
    struct stencils stencils = {0};
    struct member member = {.name = PyUnicode_InternFromString("member")};
    struct node node = {.count = 1, .members = &member, .stencils = &stencils};
    struct filling filling = {0};
    PyObject *expected = Py_BuildValue("{s:i}", "member", 1000), *value = PyLong_FromLong(1000);
    bool done = member.name && expected && value && new_dict(&node, 0, &filling) &&
                put_item(&filling, member.name, value) &&
                PyObject_RichCompareBool(filling.whole, expected, Py_EQ) == 1;
    if (!done && !PyErr_Occurred())
        PyErr_SetString(PyExc_ImportError, "dicts cannot be filled");
    Py_XDECREF(filling.whole);
    Py_XDECREF(expected);
    Py_XDECREF(value);
    Py_XDECREF(member.name);
    for (int i = 0; i < STENCIL; i++)
        Py_XDECREF(stencils.stencil[i]);
    return done;
}

static int execute(PyObject *module)
{
    if (!check_dicts())
        return -1;
    PyObject *type = PyType_FromSpec(&program_spec);
    int failed = !type || PyModule_AddObjectRef(module, "Program", type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "v2x._uper",
    .m_doc = "UPER by a table of types; see native.py.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__uper(void)
{
    return PyModuleDef_Init(&module_definition);
}
