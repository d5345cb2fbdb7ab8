/* Fusion's inner loops. Each does, in the same order and with the same roundings, what its twin in Python does with numpy:
   the same bits come out. (So the compiler must not fuse multiplications and additions.) */

#include "kernel.h"

#define ROW(name, text) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, text}

static PyMethodDef methods[] = {
    ROW(agility, "Find how much tracks may change their motion."),
    ROW(assign, "Choose the pairs that are made."),
    ROW(bodies, "Find which places lie on bodies."),
    ROW(cover, "Find how far bodies hide tracks."),
    ROW(correct, "Give detections to their tracks."),
    ROW(drive_on, "Let hidden vehicles drive on."),
    ROW(gate, "Find the pairs that are within their gates."),
    ROW(lane_order, "Find the next vehicles of vehicles in their lanes."),
    ROW(misses, "Weigh that sensors did not see tracks."),
    ROW(neighbours, "Find what is near to what."),
    ROW(predict, "Move tracks on."),
    ROW(project, "Turn detections into the site frame."),

    ROW(sight, "Find which sensors look at which tracks."),
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "perception._kernel",
    .m_doc = "Fusion's inner loops; see perception/kernel/module.c.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
