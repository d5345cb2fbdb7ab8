/* Shades: how much of targets the bodies before them cover, as sensors see it. */

#include <math.h>

#include "kernel.h"

struct shading {
    size_t n, s, m, k;
    const double *state, *size, *ahead, *sd, *exists; /* (4, n), (3, n), (2, n), (n,), (n,) of tracks */
    const double *place, *height;                         /* (2, s), (s,) of sensors */
    const int64_t *sensor, *target, *which, *other;       /* (m,), (m,) of looks; (k,), (k,) of pairs */
    double *total, *widest;                               /* (m,) */
};

static double greater(double a, double b)
{
    return a > b ? a : b;
}

/* Half of how wide a body is across a ray. */
static double half_width(const struct shading *g, size_t row, const double ray[2])
{
    double length = g->size[row], width = g->size[g->n + row], east = g->ahead[row], north = g->ahead[g->n + row];
    if (isnan(east))
        return (length + width) / 2.0 / 2.0;
    double along = fabs(east * ray[0] + north * ray[1]), across = fabs(east * ray[1] - north * ray[0]);
    return (length * across + width * along) / 2.0;
}

/* Add what one body covers of the target of a look. */
static void cover(const struct shading *g, size_t look, size_t target, size_t other, size_t sensor)
{
    double away[2], before[2], gap[2], ray[2], height = g->height[sensor];
    for (size_t a = 0; a < 2; a++) {
        away[a] = g->state[a * g->n + target] - g->place[a * g->s + sensor];
        before[a] = g->state[a * g->n + other] - g->place[a * g->s + sensor];
        gap[a] = g->state[a * g->n + target] - g->state[a * g->n + other];
    }
    double distance = greater(hypot(away[0], away[1]), 1.0);
    ray[0] = away[0] / distance;
    ray[1] = away[1] / distance;
    double share = (before[0] * ray[0] + before[1] * ray[1]) / distance; /* of the way to the target */
    double line = height + (g->size[2 * g->n + target] / 2.0 - height) * share;
    bool beside = hypot(gap[0], gap[1]) > (g->size[g->n + target] + g->size[g->n + other]) / 2.0;
    if (!(beside && share > 0.0 && share < 1.0 && line < g->size[2 * g->n + other]))
        return;
    double aside = (before[0] * ray[1] - before[1] * ray[0]) / share;
    double mine = half_width(g, target, ray), theirs = half_width(g, other, ray) / share;
    double wide = 2.0 * mine + 2.0 * theirs;
    mine = mine + g->sd[target];
    double right = mine < aside + theirs ? mine : aside + theirs;
    double covered = greater(right - greater(-mine, aside - theirs), 0.0);
    g->total[look] += g->exists[other] * covered / (2.0 * mine);
    if (covered > 0.0)
        g->widest[look] = greater(g->widest[look], wide);
}

/* Look at all pairs; false with IndexError. */
static bool look(const struct shading *g)
{
    for (size_t i = 0; i < g->m; i++)
        g->total[i] = g->widest[i] = 0.0;
    for (size_t k = 0; k < g->k; k++) {
        size_t which = (size_t)g->which[k], other = (size_t)g->other[k];
        if (which >= g->m || other >= g->n || (size_t)g->target[which] >= g->n || (size_t)g->sensor[which] >= g->s)
            return PyErr_SetString(PyExc_IndexError, "a pair of what is not there"), false;
        cover(g, which, (size_t)g->target[which], other, (size_t)g->sensor[which]);
    }
    return true;
}

/* shade(state, size, ahead, sd, exists, place, height, sensor, target, which, other, total, widest): fill in the
   last two. */
PyObject *shade(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct shading g;
    Py_ssize_t n, s, m, k;
    bool done = false;
    if (expect(count, 13) && (g.sd = floats(&arrays, arguments[3], -1, false)) && (n = last_size(&arrays), true) &&
        (g.state = floats(&arrays, arguments[0], 4 * n, false)) &&
        (g.size = floats(&arrays, arguments[1], 3 * n, false)) &&
        (g.ahead = floats(&arrays, arguments[2], 2 * n, false)) &&
        (g.exists = floats(&arrays, arguments[4], n, false)) &&
        (g.height = floats(&arrays, arguments[6], -1, false)) && (s = last_size(&arrays), true) &&
        (g.place = floats(&arrays, arguments[5], 2 * s, false)) &&
        (g.sensor = integers(&arrays, arguments[7], -1, false)) && (m = last_size(&arrays), true) &&
        (g.target = integers(&arrays, arguments[8], m, false)) &&
        (g.which = integers(&arrays, arguments[9], -1, false)) && (k = last_size(&arrays), true) &&
        (g.other = integers(&arrays, arguments[10], k, false)) && (g.total = floats(&arrays, arguments[11], m, true)) &&
        (g.widest = floats(&arrays, arguments[12], m, true))) {
        g.n = (size_t)n;
        g.s = (size_t)s;
        g.m = (size_t)m;
        g.k = (size_t)k;
        done = look(&g);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
