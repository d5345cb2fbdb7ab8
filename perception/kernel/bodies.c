/* Bodies: which places lie on the bodies of vehicles, or close beside them. */

#include <math.h>

#include "kernel.h"

struct bodies {
    size_t n, d;
    const double *state, *summed, *weight;  /* (4, n), (3, n), (3, n) of tracks: the sizes that were measured */
    const double *usual;                    /* (kinds, 3) m, of each class */
    const int64_t *kind;                    /* (n,) */
    const bool *owner;                      /* (n,) vehicles that count */
    const double *ahead, *position;         /* (2, n), (2, d); a vehicle without heading has no body */
    double prior, beside;                   /* weight of the usual size; m */
    bool *found;                            /* (d,) */
};

static double half(const struct bodies *b, size_t axis, size_t i)
{
    double usual = b->prior * b->usual[3 * (size_t)b->kind[i] + axis];
    double size = (b->summed[axis * b->n + i] + usual) / (b->weight[axis * b->n + i] + b->prior);
    return size / 2.0 + b->beside;
}

/* Note the places on the body of one vehicle. */
static void mark(const struct bodies *b, size_t i)
{
    double length = half(b, 0, i), width = half(b, 1, i), east = b->ahead[i], north = b->ahead[b->n + i];
    for (size_t j = 0; j < b->d; j++) {
        double away[2] = {b->position[j] - b->state[i], b->position[b->d + j] - b->state[b->n + i]};
        if (fabs(away[0]) <= length && fabs(away[1]) <= length && fabs(east * away[0] + north * away[1]) < length &&
            fabs(east * away[1] - north * away[0]) < width)
            b->found[j] = true;
    }
}

/* Note all; false with IndexError. */
static bool mark_all(const struct bodies *b, Py_ssize_t kinds)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->kind[i] < 0 || b->kind[i] >= kinds)
            return PyErr_SetString(PyExc_IndexError, "a class that is not there"), false;
    for (size_t j = 0; j < b->d; j++)
        b->found[j] = false;
    for (size_t i = 0; i < b->n; i++)
        if (b->owner[i])
            mark(b, i);
    return true;
}

/* bodies(state, size, weight, usual, kind, owner, ahead, position, limits, found): fill in the last; limits: weight of the
   usual size, m beside. */
PyObject *bodies(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct bodies b;
    const double *limits;
    Py_ssize_t n, d, kinds;
    bool done = expect(count, 10) && (b.kind = integers(&arrays, arguments[4], -1, false)) &&
                (n = last_size(&arrays), true) && (b.state = floats(&arrays, arguments[0], 4 * n, false)) &&
                (b.summed = floats(&arrays, arguments[1], 3 * n, false)) &&
                (b.weight = floats(&arrays, arguments[2], 3 * n, false)) &&
                (b.usual = floats(&arrays, arguments[3], -1, false)) && (kinds = last_size(&arrays) / 3, true) &&
                (b.owner = masks(&arrays, arguments[5], n)) &&
                (b.ahead = floats(&arrays, arguments[6], 2 * n, false)) &&
                (b.position = floats(&arrays, arguments[7], -1, false)) && (d = last_size(&arrays) / 2, true) &&
                (limits = floats(&arrays, arguments[8], 2, false)) && (b.found = masks(&arrays, arguments[9], d));
    if (done) {
        b.n = (size_t)n;
        b.d = (size_t)d;
        b.prior = limits[0];
        b.beside = limits[1];
        done = mark_all(&b, kinds);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
