/* Gating: how far detections are from where tracks should be, in standard deviations. */

#include "algebra.h"
#include "kernel.h"

enum { SQUARE, VOLUME, RESIDUAL, VELOCITY = RESIDUAL + 2, VELOCITY_SQUARE = VELOCITY + 2, VELOCITY_VOLUME, ROWS };

struct gating {
    size_t tracks, detections, pairs;
    const double *state, *covariance;                                /* (4, n), (4, 4, n) */
    const double *position, *position_covariance, *velocity, *certainty; /* (2, d), (2, 2, d), (2, d), (2, 2, d) */
    const double *lag, *gate;                                        /* (d,), (d,) */
    const int64_t *track, *detection;                                /* (k,) */
    double clutter;                                                  /* (m/s)2 */
    double *found;                                                   /* (ROWS, k) */
    int64_t *kept;                                                   /* (k,) */
};

/* Fill in what is known of a pair but for the velocities; false when it is beyond its gate. */
static bool place(const struct gating *g, size_t i, size_t j, double *found)
{
    size_t n = g->tracks, d = g->detections;
    double lag = g->lag[j], residual[2];
    struct matrix spread = block(g->covariance, 4, 0, 0, n, i), mixed = block(g->covariance, 4, 0, 2, n, i);
    struct matrix speed = block(g->covariance, 4, 2, 2, n, i), own = block(g->position_covariance, 2, 0, 0, d, j);
    for (size_t a = 0; a < 2; a++) {
        residual[a] = g->position[a * d + j] - g->state[a * n + i] - lag * g->state[(a + 2) * n + i];
        for (size_t b = 0; b < 2; b++)
            spread.at[a][b] = spread.at[a][b] + own.at[a][b] +
                              lag * (mixed.at[a][b] + mixed.at[b][a] + lag * speed.at[a][b]);
    }
    double volume = determinant(spread), square = form(adjugate(spread), residual) / volume;
    if (!(square <= g->gate[j]))
        return false;
    found[SQUARE * g->pairs] = square;
    found[VOLUME * g->pairs] = volume;
    found[RESIDUAL * g->pairs] = residual[0];
    found[(RESIDUAL + 1) * g->pairs] = residual[1];
    return true;
}

static void velocities(const struct gating *g, size_t i, size_t j, double *found)
{
    size_t n = g->tracks, d = g->detections;
    struct matrix certainty = block(g->certainty, 2, 0, 0, d, j);
    struct matrix ours = unit_and(1.0, times(certainty, block(g->covariance, 4, 2, 2, n, i)));
    double volume = determinant(ours), residual[2];
    for (size_t a = 0; a < 2; a++)
        found[(VELOCITY + a) * g->pairs] = residual[a] = g->velocity[a * d + j] - g->state[(a + 2) * n + i];
    found[VELOCITY_SQUARE * g->pairs] = form(times(adjugate(ours), certainty), residual) / volume;
    found[VELOCITY_VOLUME * g->pairs] = determinant(unit_and(g->clutter, certainty)) / volume;
}

/* Judge all pairs; return the number of those that are kept, or -1 with IndexError. */
static Py_ssize_t judge(const struct gating *g)
{
    Py_ssize_t kept = 0;
    for (size_t k = 0; k < g->pairs; k++) {
        size_t i = (size_t)g->track[k], j = (size_t)g->detection[k];
        if (i >= g->tracks || j >= g->detections)
            return PyErr_SetString(PyExc_IndexError, "a pair of what is not there"), -1;
        if (!place(g, i, j, g->found + kept))
            continue;
        velocities(g, i, j, g->found + kept);
        g->kept[kept++] = (int64_t)k;
    }
    return kept;
}

/* gate(state, covariance, position, covariance, velocity, certainty, lag, gate, track, detection, clutter, found, kept):
   return the number of pairs that are kept, of which the others are filled in. */
PyObject *gate(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct gating g;
    Py_ssize_t n, d, k, kept = -1;
    if (expect(count, 13) && (g.state = floats(&arrays, arguments[0], -1, false)) && (n = last_size(&arrays) / 4, true) &&
        (g.covariance = floats(&arrays, arguments[1], 16 * n, false)) &&
        (g.lag = floats(&arrays, arguments[6], -1, false)) && (d = last_size(&arrays), true) &&
        (g.position = floats(&arrays, arguments[2], 2 * d, false)) &&
        (g.position_covariance = floats(&arrays, arguments[3], 4 * d, false)) &&
        (g.velocity = floats(&arrays, arguments[4], 2 * d, false)) &&
        (g.certainty = floats(&arrays, arguments[5], 4 * d, false)) &&
        (g.gate = floats(&arrays, arguments[7], d, false)) &&
        (g.track = integers(&arrays, arguments[8], -1, false)) && (k = last_size(&arrays), true) &&
        (g.detection = integers(&arrays, arguments[9], k, false)) &&
        (g.found = floats(&arrays, arguments[11], ROWS * k, true)) &&
        (g.kept = integers(&arrays, arguments[12], k, true))) {
        g.clutter = PyFloat_AsDouble(arguments[10]);
        g.tracks = (size_t)n;
        g.detections = (size_t)d;
        g.pairs = (size_t)k;
        kept = PyErr_Occurred() ? -1 : judge(&g);
    }
    release(&arrays);
    return kept < 0 ? NULL : PyLong_FromSsize_t(kept);
}
