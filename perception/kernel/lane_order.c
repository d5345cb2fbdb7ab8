/* The order of vehicles in their lanes: the next one ahead of each, the next one behind it. */

#include <math.h>

#include "kernel.h"

struct lanes {
    size_t n, k, o;
    const double *state, *length;     /* (4, n), (n,) of all tracks */
    const int64_t *rows, *others;     /* (k,), (o,) */
    const double *ahead, *way;        /* (2, k) of the rows, (2, o) of the others: unit vectors */
    double lane, same_way, farthest, itself; /* m, cosine, m, m */
    double *before, *after, *leading; /* (k,) */
};

/* Find what is next to the vehicle of number i. */
static void look(const struct lanes *l, size_t i)
{
    size_t row = (size_t)l->rows[i], leader = 0;
    double east = l->ahead[i], north = l->ahead[l->k + i], before = INFINITY, after = INFINITY;
    for (size_t j = 0; j < l->o; j++) {
        size_t other = (size_t)l->others[j];
        double away[2] = {l->state[other] - l->state[row], l->state[l->n + other] - l->state[l->n + row]};
        double along = east * away[0] + north * away[1];
        if (!(fabs(along) < l->farthest && fabs(east * away[1] - north * away[0]) < l->lane &&
              east * l->way[j] + north * l->way[l->o + j] > l->same_way))
            continue;
        double halves = (l->length[row] + l->length[other]) / 2.0;
        if (along > l->itself && along - halves < before) {
            before = along - halves;
            leader = other;
        }
        if (along < -l->itself && -along - halves < after)
            after = -along - halves;
    }
    double speed = east * l->state[2 * l->n + leader] + north * l->state[3 * l->n + leader];
    l->before[i] = before;
    l->after[i] = after;
    l->leading[i] = isfinite(before) && speed > 0.0 ? speed : 0.0;
}

static bool look_at_all(const struct lanes *l)
{
    for (size_t i = 0; i < l->k + l->o; i++)
        if ((size_t)(i < l->k ? l->rows[i] : l->others[i - l->k]) >= l->n)
            return PyErr_SetString(PyExc_IndexError, "a row that is not there"), false;
    for (size_t i = 0; i < l->k; i++)
        look(l, i);
    return true;
}

/* lane_order(state, length, rows, ahead, others, way, limits, before, after, leading): fill in the last three;
   limits: half width of a lane m, cosine of one way, farthest m, itself m. */
PyObject *lane_order(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct lanes l;
    const double *limits;
    Py_ssize_t n, k, o;
    bool done = false;
    if (expect(count, 10) && (l.length = floats(&arrays, arguments[1], -1, false)) && (n = last_size(&arrays), true) &&
        (l.state = floats(&arrays, arguments[0], 4 * n, false)) &&
        (l.rows = integers(&arrays, arguments[2], -1, false)) && (k = last_size(&arrays), true) &&
        (l.ahead = floats(&arrays, arguments[3], 2 * k, false)) &&
        (l.others = integers(&arrays, arguments[4], -1, false)) && (o = last_size(&arrays), true) &&
        (l.way = floats(&arrays, arguments[5], 2 * o, false)) &&
        (limits = floats(&arrays, arguments[6], 4, false)) && (l.before = floats(&arrays, arguments[7], k, true)) &&
        (l.after = floats(&arrays, arguments[8], k, true)) && (l.leading = floats(&arrays, arguments[9], k, true))) {
        l.n = (size_t)n;
        l.k = (size_t)k;
        l.o = (size_t)o;
        l.lane = limits[0];
        l.same_way = limits[1];
        l.farthest = limits[2];
        l.itself = limits[3];
        done = look_at_all(&l);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
