/* Cover: how far the bodies of other tracks hide tracks from the sensors that look at them. */

#include <math.h>

#include "kernel.h"
#include "neighbours.h"

enum { LENGTH, WIDTH, HEIGHT, SIZES };

struct cover {
    size_t n, s, m;
    const double *state, *covariance;         /* (4, n), (4, 4, n) of tracks */
    const double *summed, *weight, *usual;    /* (3, n), (3, n) sizes that were measured; (kinds, 3) of each class */
    const double *ahead, *exists;             /* (2, n), (n,) */
    const int64_t *kind, *id;                 /* (n,), (n,) 0: hides nothing */
    const double *place, *height;             /* (2, s), (s,) of sensors */
    const int64_t *sensor, *target;           /* (m,), (m,) of looks */
    double prior, farthest, share, open;      /* weight of the usual size, m, 1, 1 */
    double *exposure, *room;                  /* (m,), (m,) 1, m */
    double *size, *sd;                        /* (3, n) m, (n,) m */
    double *from, *reach, *bodies, *none;     /* (2, m), (m,) of looks; (2, o), (o,) of the tracks that hide */
    int64_t *other;                           /* (o,) their rows */
    size_t o;
};

static double greater(double a, double b)
{
    return a > b ? a : b;
}

/* Half of how wide a body is across a ray. */
static double half_width(const struct cover *g, size_t row, const double ray[2])
{
    double length = g->size[row], width = g->size[g->n + row], east = g->ahead[row], north = g->ahead[g->n + row];
    if (isnan(east))
        return (length + width) / 2.0 / 2.0;
    double along = fabs(east * ray[0] + north * ray[1]), across = fabs(east * ray[1] - north * ray[0]);
    return (length * across + width * along) / 2.0;
}

/* Add what one body covers of the target of a look, to its exposure and room for the time being. */
static void add(const struct cover *g, size_t look, size_t other)
{
    size_t target = (size_t)g->target[look], sensor = (size_t)g->sensor[look];
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
    double line = height + (g->size[HEIGHT * g->n + target] / 2.0 - height) * share;
    bool beside = hypot(gap[0], gap[1]) > (g->size[WIDTH * g->n + target] + g->size[WIDTH * g->n + other]) / 2.0;
    if (!(beside && share > 0.0 && share < 1.0 && line < g->size[HEIGHT * g->n + other]))
        return;
    double aside = (before[0] * ray[1] - before[1] * ray[0]) / share;
    double mine = half_width(g, target, ray), theirs = half_width(g, other, ray) / share;
    double wide = 2.0 * mine + 2.0 * theirs;
    mine = mine + g->sd[target];
    double right = mine < aside + theirs ? mine : aside + theirs;
    double covered = greater(right - greater(-mine, aside - theirs), 0.0);
    g->exposure[look] += g->exists[other] * covered / (2.0 * mine);
    if (covered > 0.0)
        g->room[look] = greater(g->room[look], wide);
}

/* Note sizes, how well places are known, and which tracks hide; return the greatest height of these. */
static double measure(struct cover *g)
{
    double tallest = 0.0;
    for (size_t i = 0; i < g->n; i++) {
        double east = g->covariance[i], north = g->covariance[5 * g->n + i];
        g->sd[i] = sqrt(greater(east, north));
        for (size_t a = 0; a < SIZES; a++) {
            double usual = g->prior * g->usual[(size_t)g->kind[i] * SIZES + a];
            g->size[a * g->n + i] = (g->summed[a * g->n + i] + usual) / (g->weight[a * g->n + i] + g->prior);
        }
        if (g->id[i]) {
            tallest = greater(g->size[HEIGHT * g->n + i], tallest);
            g->other[g->o++] = (int64_t)i;
        }
    }
    for (size_t k = 0; k < g->o; k++) {
        g->none[k] = 0.0;
        for (size_t a = 0; a < 2; a++)
            g->bodies[a * g->o + k] = g->state[a * g->n + (size_t)g->other[k]];
    }
    return tallest;
}

/* Note how far before its target a body may be that hides it from the sensor of a look. */
static void look_from(struct cover *g, size_t look, double tallest)
{
    size_t target = (size_t)g->target[look], sensor = (size_t)g->sensor[look];
    double away[2], middle = g->size[HEIGHT * g->n + target] / 2.0;
    for (size_t a = 0; a < 2; a++) {
        g->from[a * g->m + look] = g->state[a * g->n + target];
        away[a] = g->state[a * g->n + target] - g->place[a * g->s + sensor];
    }
    double reach = (tallest - middle) / greater(g->height[sensor] - middle, 0.1) * hypot(away[0], away[1]);
    g->reach[look] = reach < 0.0 ? 0.0 : reach > g->farthest ? g->farthest : reach;
    g->exposure[look] = g->room[look] = 0.0;
}

/* Look at all targets; false with IndexError or MemoryError. */
static bool look(struct cover *g, Py_ssize_t kinds)
{
    struct pairs pairs = {0};
    for (size_t k = 0; k < g->m; k++)
        if ((size_t)g->target[k] >= g->n || (size_t)g->sensor[k] >= g->s)
            return PyErr_SetString(PyExc_IndexError, "a look at what is not there"), false;
    for (size_t i = 0; i < g->n; i++)
        if (g->kind[i] < 0 || g->kind[i] >= kinds)
            return PyErr_SetString(PyExc_IndexError, "a class that is not there"), false;
    double tallest = measure(g);
    for (size_t k = 0; k < g->m; k++)
        look_from(g, k, tallest);
    bool done = find_pairs((struct places){g->from, g->reach, (Py_ssize_t)g->m},
                           (struct places){g->bodies, g->none, (Py_ssize_t)g->o}, &pairs);
    for (Py_ssize_t k = 0; done && k < pairs.count; k++)
        add(g, (size_t)pairs.first[k], (size_t)g->other[pairs.second[k]]);
    forget_pairs(&pairs);
    for (size_t k = 0; k < g->m; k++) {
        double seen = 1.0 - g->exposure[k] / g->share;
        g->exposure[k] = g->open * (seen < 0.0 ? 0.0 : seen > 1.0 ? 1.0 : seen);
        g->room[k] = g->room[k] > 0.0 ? g->room[k] : INFINITY;
    }
    return done;
}

static bool work(struct cover *g, Py_ssize_t kinds)
{
    g->size = PyMem_Calloc(7 * g->n + 3 * g->m, sizeof *g->size);
    g->other = PyMem_Calloc(g->n, sizeof *g->other);
    bool done = g->size && g->other;
    if (!done)
        PyErr_NoMemory();
    g->sd = g->size + SIZES * g->n;
    g->bodies = g->sd + g->n;
    g->none = g->bodies + 2 * g->n;
    g->from = g->none + g->n;
    g->reach = g->from + 2 * g->m;
    done = done && look(g, kinds);
    PyMem_Free(g->size);
    PyMem_Free(g->other);
    return done;
}

/* cover(state, covariance, size, weight, usual, ahead, exists, kind, id, place, height, sensor, target, limits, exposure,
   room): fill in the last two; limits: weight of the usual size, farthest m, share covered, exposure in the open. */
PyObject *cover(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct cover g = {.o = 0};
    const double *limits;
    Py_ssize_t n, s, m, kinds;
    bool done = expect(count, 16) && (g.exists = floats(&arrays, arguments[6], -1, false)) &&
                (n = last_size(&arrays), true) && (g.state = floats(&arrays, arguments[0], 4 * n, false)) &&
                (g.covariance = floats(&arrays, arguments[1], 16 * n, false)) &&
                (g.summed = floats(&arrays, arguments[2], SIZES * n, false)) &&
                (g.weight = floats(&arrays, arguments[3], SIZES * n, false)) &&
                (g.usual = floats(&arrays, arguments[4], -1, false)) && (kinds = last_size(&arrays) / SIZES, true) &&
                (g.ahead = floats(&arrays, arguments[5], 2 * n, false)) &&
                (g.kind = integers(&arrays, arguments[7], n, false)) &&
                (g.id = integers(&arrays, arguments[8], n, false)) &&
                (g.height = floats(&arrays, arguments[10], -1, false)) && (s = last_size(&arrays), true) &&
                (g.place = floats(&arrays, arguments[9], 2 * s, false)) &&
                (g.sensor = integers(&arrays, arguments[11], -1, false)) && (m = last_size(&arrays), true) &&
                (g.target = integers(&arrays, arguments[12], m, false)) &&
                (limits = floats(&arrays, arguments[13], 4, false)) &&
                (g.exposure = floats(&arrays, arguments[14], m, true)) &&
                (g.room = floats(&arrays, arguments[15], m, true));
    if (done) {
        g.n = (size_t)n;
        g.s = (size_t)s;
        g.m = (size_t)m;
        g.prior = limits[0];
        g.farthest = limits[1];
        g.share = limits[2];
        g.open = limits[3];
        done = work(&g, kinds);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
