/* Sight: which sensors look at which tracks, and which of these move fast enough to be seen. */

#include <math.h>

#include "kernel.h"

struct sight {
    size_t n, s;
    const double *state, *east, *north, *forward; /* (4, n); (s + 1,), (s + 1,), (2, s + 1) of the sensors */
    const double *near, *far, *cosine, *least;    /* (s + 1,) m, m, 1, m/s */
    bool *inside, *fast;                          /* (s, n) */
};

static void look(const struct sight *g, size_t sensor, size_t i)
{
    double east = g->state[i] - g->east[sensor], north = g->state[g->n + i] - g->north[sensor];
    double distance = hypot(east, north);
    double ahead = east * g->forward[sensor] + north * g->forward[g->s + 1 + sensor];
    double radial = east * g->state[2 * g->n + i] + north * g->state[3 * g->n + i], least = g->least[sensor];
    g->inside[sensor * g->n + i] =
        distance < g->far[sensor] && distance > g->near[sensor] && ahead > g->cosine[sensor] * distance;
    g->fast[sensor * g->n + i] = fabs(radial) > least * distance || least == 0.0;
}

/* sight(state, east, north, forward, near, far, cosine, least, inside, fast): fill in the last two. */
PyObject *sight(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct sight g;
    Py_ssize_t n, s;
    bool done = false;
    if (expect(count, 10) && (g.state = floats(&arrays, arguments[0], -1, false)) &&
        (n = last_size(&arrays) / 4, true) && (g.east = floats(&arrays, arguments[1], -1, false)) &&
        (s = last_size(&arrays) - 1, true) && (g.north = floats(&arrays, arguments[2], s + 1, false)) &&
        (g.forward = floats(&arrays, arguments[3], 2 * s + 2, false)) &&
        (g.near = floats(&arrays, arguments[4], s + 1, false)) &&
        (g.far = floats(&arrays, arguments[5], s + 1, false)) &&
        (g.cosine = floats(&arrays, arguments[6], s + 1, false)) &&
        (g.least = floats(&arrays, arguments[7], s + 1, false)) &&
        (g.inside = masks(&arrays, arguments[8], s * n)) && (g.fast = masks(&arrays, arguments[9], s * n))) {
        g.n = (size_t)n;
        g.s = (size_t)s;
        for (size_t sensor = 0; sensor < g.s; sensor++)
            for (size_t i = 0; i < g.n; i++)
                look(&g, sensor, i);
        done = true;
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
