/* UPER (ITU-T X.691, unaligned, basic): an interpreter over a table of types.

Program(rows, irregular) takes a tuple of tuples: table.py writes them, table.c reads them; the last is the type of whole
values. A value is what asn1tools makes of it, or a record: then numbers are scaled, bit strings are names, positions are
absolute.

Only what is regular is handled. For all else - what the octets do not allow, what a later edition added, a value of
another type - `irregular` is raised without a reason, and the plain interpreter decides and explains. So every function
of this extension returns NULL or false either with a Python exception set, or without one: then the input is irregular.

Lists are not made longer than the bits that are left, so work and memory are bounded by the octets. */

#include "table.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    struct node *nodes;
    PyObject *irregular;
} Program;

static PyObject *program_decode(Program *self, PyObject *data)
{
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
    if (value && !take_padding(&reader))
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
    if (encode(&self->nodes[self->count - 1], &writer, value, NULL) && put_padding(&writer))
        octets = PyBytes_FromStringAndSize((const char *)writer.octets, (Py_ssize_t)writer.at);
    else if (!PyErr_Occurred())
        PyErr_SetNone(self->irregular);
    if (writer.heap)
        PyMem_Free(writer.octets);
    return octets;
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

static int execute(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&program_spec);
    int failed = !type || PyModule_AddObjectRef(module, "Program", type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "v2x._uper",
    .m_doc = "UPER by a table of types; see table.py.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__uper(void)
{
    return PyModuleDef_Init(&module_definition);
}
