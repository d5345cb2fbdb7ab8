/* Agility: how much tracks may change their motion, along their headings and across. */

#include <math.h>

#include "kernel.h"

enum { LIVELY, AT_REST, SWERVING, ASIDE_AT_REST, UNSEEN, STEADY, NOISE, MANOEUVRE, LEAST_VARIANCE, FIGURES };

struct agility {
    size_t n;
    const double *state, *drift, *variance;  /* (4, n), (2, n), (n,) */
    const int64_t *kind, *hidden;            /* (n,), (n,) */
    const bool *rolls;                       /* (n,) on wheels, with a known heading */
    const double *ahead;                     /* (2, n) unit vectors */
    const double *usual, *figure;            /* (kinds,) m2/s3, (FIGURES,) */
    double *density;                         /* (2, 2, n) m2/s3 */
};

/* As numpy.clip: NaN stays. */
static double clip(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

/* As numpy.maximum of two numbers that are none of them NaN. */
static double greater(double a, double b)
{
    return a > b ? a : b;
}

static void spread(const struct agility *g, size_t i)
{
    const double *f = g->figure;
    double speed = hypot(g->state[2 * g->n + i], g->state[3 * g->n + i]);
    double square = g->drift[i] * g->drift[i] + g->drift[g->n + i] * g->drift[g->n + i];
    double unrest = square / greater(g->variance[i], f[LEAST_VARIANCE]);
    double surely = clip((unrest - f[NOISE]) / (f[MANOEUVRE] - f[NOISE]), 0.0, 1.0);
    double turning = greater(surely, greater(f[STEADY], f[UNSEEN] * (double)g->hidden[i]));
    double along = g->usual[g->kind[i]] * turning * clip(speed / f[LIVELY], f[AT_REST], 1.0);
    double share = speed / f[SWERVING];
    double across = along * (g->rolls[i] ? clip(share * share, f[ASIDE_AT_REST], 1.0) : 1.0);
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2; b++)
            g->density[(2 * a + b) * g->n + i] = (a == b ? 1.0 : 0.0) * across +
                g->ahead[a * g->n + i] * (g->ahead[b * g->n + i] * (along - across));
}

/* agility(state, drift, variance, kind, hidden, rolls, ahead, usual, figures, density): fill in the last; figures: in the
   order of the enumeration above. */
PyObject *agility(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct agility g;
    Py_ssize_t n, kinds;
    bool done = expect(count, 10) && (g.variance = floats(&arrays, arguments[2], -1, false)) &&
                (n = last_size(&arrays), true) && (g.state = floats(&arrays, arguments[0], 4 * n, false)) &&
                (g.drift = floats(&arrays, arguments[1], 2 * n, false)) &&
                (g.kind = integers(&arrays, arguments[3], n, false)) &&
                (g.hidden = integers(&arrays, arguments[4], n, false)) &&
                (g.rolls = masks(&arrays, arguments[5], n)) &&
                (g.ahead = floats(&arrays, arguments[6], 2 * n, false)) &&
                (g.usual = floats(&arrays, arguments[7], -1, false)) && (kinds = last_size(&arrays), true) &&
                (g.figure = floats(&arrays, arguments[8], FIGURES, false)) &&
                (g.density = floats(&arrays, arguments[9], 4 * n, true));
    g.n = done ? (size_t)n : 0;
    for (size_t i = 0; done && i < g.n; i++)
        if (g.kind[i] < 0 || g.kind[i] >= kinds)
            done = (PyErr_SetString(PyExc_IndexError, "a class that is not there"), false);
    for (size_t i = 0; done && i < g.n; i++)
        spread(&g, i);
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
