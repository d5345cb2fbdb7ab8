/* Correction: what the detections of a round say about their tracks is added up as information, then used at once. */

#include "algebra.h"
#include "kernel.h"

#define MOST_SUMMED 128 /* detections of one track: up to here numpy adds without halving */
#define LANES 8         /* so many sums numpy keeps side by side */

enum { PLACE, MIXED = PLACE + 4, SPEED = MIXED + 4, ABOUT_PLACE = SPEED + 4, ABOUT_SPEED = ABOUT_PLACE + 2,
       FIGURES = ABOUT_SPEED + 2 };

struct correction {
    size_t tracks, detections, pairs;
    double *state, *covariance, *drift, *drift_variance;   /* (4, n), (4, 4, n), (2, n), (n,) */
    const double *position_covariance, *certainty, *lag;   /* (2, 2, d), (2, 2, d), (d,) */
    const int64_t *track, *detection;                      /* (k,), tracks in order */
    const double *residual, *velocity, *weight;            /* (2, k), (2, k), (k,) */
    double kept;                                           /* share of the drift */
    double figures[FIGURES][MOST_SUMMED];
};

/* Note what a pair says. */
static void hear(struct correction *c, size_t k, size_t place)
{
    size_t d = c->detections, j = (size_t)c->detection[k];
    double lag = c->lag[j], weight = c->weight[k];
    struct matrix spread = block(c->position_covariance, 2, 0, 0, d, j), own = block(c->certainty, 2, 0, 0, d, j);
    struct matrix certain = adjugate(spread);
    double share = weight / determinant(spread);
    double off[2] = {c->residual[k], c->residual[c->pairs + k]}, faster[2] = {c->velocity[k], c->velocity[c->pairs + k]};
    for (size_t a = 0; a < 2; a++) {
        for (size_t b = 0; b < 2; b++) {
            certain.at[a][b] = certain.at[a][b] * share;
            own.at[a][b] = own.at[a][b] * weight;
            double late = lag * certain.at[a][b];
            c->figures[PLACE + 2 * a + b][place] = certain.at[a][b];
            c->figures[MIXED + 2 * a + b][place] = late;
            c->figures[SPEED + 2 * a + b][place] = lag * late + own.at[a][b];
        }
        double weighted = certain.at[a][0] * off[0] + certain.at[a][1] * off[1];
        c->figures[ABOUT_PLACE + a][place] = weighted;
        c->figures[ABOUT_SPEED + a][place] = lag * weighted + (own.at[a][0] * faster[0] + own.at[a][1] * faster[1]);
    }
}

/* Add up as numpy.add.reduceat does: the first, and the others in eight sums, if they are enough for that. */
static double sum(const double *number, size_t count)
{
    double sums[LANES], others = -0.0;
    size_t i = 1;
    if (count == 1)
        return number[0];
    if (count - 1 >= LANES) {
        for (size_t lane = 0; lane < LANES; lane++)
            sums[lane] = number[i + lane];
        for (i += LANES; i + LANES <= count; i += LANES)
            for (size_t lane = 0; lane < LANES; lane++)
                sums[lane] += number[i + lane];
        others = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }
    for (; i < count; i++)
        others += number[i];
    return number[0] + others;
}

struct information {
    struct matrix place, mixed, speed;
};

static struct matrix inverse(struct matrix a)
{
    struct matrix inverse = adjugate(a);
    double volume = determinant(a);
    for (int i = 0; i < 4; i++)
        inverse.at[i / 2][i % 2] /= volume;
    return inverse;
}

static struct matrix transposed(struct matrix a)
{
    return (struct matrix){{{a.at[0][0], a.at[1][0]}, {a.at[0][1], a.at[1][1]}}};
}

static struct matrix less(struct matrix a, struct matrix b)
{
    for (int i = 0; i < 4; i++)
        a.at[i / 2][i % 2] -= b.at[i / 2][i % 2];
    return a;
}

static struct matrix symmetric(struct matrix a)
{
    struct matrix other = transposed(a);
    for (int i = 0; i < 4; i++)
        a.at[i / 2][i % 2] = (a.at[i / 2][i % 2] + other.at[i / 2][i % 2]) / 2.0;
    return a;
}

/* The blocks of the inverse of the symmetric matrix [[place, mixed], [mixed^T, speed]]. */
static struct information inverted(struct information a)
{
    struct matrix inner = inverse(a.place), slope = times(inner, a.mixed);
    struct matrix outer = inverse(less(a.speed, times(transposed(a.mixed), slope)));
    struct matrix mixed = times(slope, outer);
    for (int i = 0; i < 4; i++)
        mixed.at[i / 2][i % 2] = -mixed.at[i / 2][i % 2];
    return (struct information){symmetric(less(inner, times(mixed, transposed(slope)))), mixed, symmetric(outer)};
}

static void place_block(double *covariance, size_t row, size_t column, size_t n, struct matrix a)
{
    for (size_t i = 0; i < 4; i++)
        covariance[((row + i / 2) * 4 + column + i % 2) * n] = a.at[i / 2][i % 2];
}

/* Change the state of track i by what was heard (`count` pairs). */
static void learn(struct correction *c, size_t i, size_t count)
{
    size_t n = c->tracks;
    double figure[FIGURES], *covariance = c->covariance + i;
    for (size_t f = 0; f < FIGURES; f++)
        figure[f] = sum(c->figures[f], count);
    double variance = covariance[10 * n] + covariance[15 * n];
    struct information now = inverted((struct information){
        block(c->covariance, 4, 0, 0, n, i), block(c->covariance, 4, 0, 2, n, i), block(c->covariance, 4, 2, 2, n, i)});
    for (size_t f = 0; f < 4; f++) {
        now.place.at[f / 2][f % 2] += figure[PLACE + f];
        now.mixed.at[f / 2][f % 2] += figure[MIXED + f];
        now.speed.at[f / 2][f % 2] += figure[SPEED + f];
    }
    now = inverted(now);
    place_block(covariance, 0, 0, n, now.place);
    place_block(covariance, 0, 2, n, now.mixed);
    place_block(covariance, 2, 0, n, transposed(now.mixed));
    place_block(covariance, 2, 2, n, now.speed);
    const double *p = figure + ABOUT_PLACE, *s = figure + ABOUT_SPEED;
    for (size_t a = 0; a < 2; a++) {
        double *at = c->state + a * n + i, *speed = c->state + (a + 2) * n + i, *drift = c->drift + a * n + i;
        double before = *speed;
        *at += (now.place.at[a][0] * p[0] + now.place.at[a][1] * p[1]) +
               (now.mixed.at[a][0] * s[0] + now.mixed.at[a][1] * s[1]);
        *speed += (now.mixed.at[0][a] * p[0] + now.mixed.at[1][a] * p[1]) +
                  (now.speed.at[a][0] * s[0] + now.speed.at[a][1] * s[1]);
        *drift = c->kept * *drift + *speed - before;
    }
    double expected = variance - covariance[10 * n] - covariance[15 * n];
    c->drift_variance[i] = c->kept * c->kept * c->drift_variance[i] + expected;
}

/* Use all pairs; false with IndexError or ValueError, then nothing is changed. */
static bool use(struct correction *c)
{
    size_t run = 0;
    for (size_t k = 0; k < c->pairs; k++) {
        run = k && c->track[k] == c->track[k - 1] ? run + 1 : 1;
        if ((size_t)c->track[k] >= c->tracks || (size_t)c->detection[k] >= c->detections)
            return PyErr_SetString(PyExc_IndexError, "a pair of what is not there"), false;
        if (run > MOST_SUMMED)
            return PyErr_SetString(PyExc_ValueError, "too many detections of one track"), false;
    }
    for (size_t k = 0; k < c->pairs; k += run) {
        for (run = 0; k + run < c->pairs && c->track[k + run] == c->track[k]; run++)
            hear(c, k + run, run);
        learn(c, (size_t)c->track[k], run);
    }
    return true;
}

/* correct(state, covariance, drift, drift_variance, position_covariance, certainty, lag, track, detection, residual,
   velocity, weight, kept): change the first four. */
PyObject *correct(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct correction c;
    Py_ssize_t n, d, k;
    bool done = false;
    if (expect(count, 13) && (c.drift_variance = floats(&arrays, arguments[3], -1, true)) &&
        (n = last_size(&arrays), true) && (c.state = floats(&arrays, arguments[0], 4 * n, true)) &&
        (c.covariance = floats(&arrays, arguments[1], 16 * n, true)) &&
        (c.drift = floats(&arrays, arguments[2], 2 * n, true)) &&
        (c.lag = floats(&arrays, arguments[6], -1, false)) && (d = last_size(&arrays), true) &&
        (c.position_covariance = floats(&arrays, arguments[4], 4 * d, false)) &&
        (c.certainty = floats(&arrays, arguments[5], 4 * d, false)) &&
        (c.track = integers(&arrays, arguments[7], -1, false)) && (k = last_size(&arrays), true) &&
        (c.detection = integers(&arrays, arguments[8], k, false)) &&
        (c.residual = floats(&arrays, arguments[9], 2 * k, false)) &&
        (c.velocity = floats(&arrays, arguments[10], 2 * k, false)) &&
        (c.weight = floats(&arrays, arguments[11], k, false))) {
        c.kept = PyFloat_AsDouble(arguments[12]);
        c.tracks = (size_t)n;
        c.detections = (size_t)d;
        c.pairs = (size_t)k;
        done = !PyErr_Occurred() && use(&c);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
