/* Hidden vehicles: how they drive on behind the next one ahead, and within which bounds they are. */

#include <math.h>

#include "algebra.h"
#include "kernel.h"

enum { DT, STOPPED, STEERED, ACCELERATION, BRAKING, HARDEST, STANDSTILL, QUEUING, IN_QUEUE_M, IN_QUEUE_MPS, IN_LANE_M,
       FIGURES };

struct driving {
    size_t n, k;
    double *state, *covariance;           /* (4, n), (4, 4, n) */
    const int64_t *rows;                  /* (k,) */
    const double *ahead, *gap, *leading;  /* (2, k), (k,), (k,) */
    const double *figure;                 /* (FIGURES,) */
};

/* The symmetric matrix with these eigenvalues along and across a unit vector. */
static struct matrix along_and_across(const double ray[2], double along, double across)
{
    struct matrix m;
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++)
            m.at[a][b] = (a == b ? 1.0 : 0.0) * across + ray[a] * (ray[b] * (along - across));
    return m;
}

/* The lesser, NaN if the second one is. */
static double least(double limit, double value)
{
    return value >= limit ? limit : value;
}

/* The speed behind another vehicle, as in perception/occlusion/following.py. */
static double speed_behind(const struct driving *d, double speed, double gap, double leading)
{
    const double *f = d->figure;
    double pace = speed + f[ACCELERATION] * f[DT], brake = speed - f[HARDEST] * f[DT];
    double faster = isfinite(gap) && leading > speed ? (leading < pace ? leading : pace) : speed;
    double square = leading * leading + f[BRAKING] * (gap - f[STANDSTILL]);
    double safe = sqrt(square > 0.0 ? square : 0.0);
    double wanted = faster < safe ? faster : safe, slowest = brake > 0.0 ? brake : 0.0;
    return wanted > slowest ? wanted : slowest;
}

static void put(const struct driving *d, size_t row, size_t column, size_t i, struct matrix m)
{
    for (size_t a = 0; a < 4; a++)
        d->covariance[((row + a / 2) * 4 + column + a % 2) * d->n + i] = m.at[a / 2][a % 2];
}

/* Bound the blocks of a covariance across a vehicle's heading, and in a queue along it too. */
static void bound(const struct driving *d, size_t i, const double ahead[2], bool in_queue, struct matrix mixed,
                  struct matrix speed)
{
    const double *f = d->figure, aside[2] = {ahead[1], -ahead[0]};
    struct matrix place = block(d->covariance, 4, 0, 0, d->n, i), turned;
    double along = in_queue ? least(1.0, f[IN_QUEUE_M] / sqrt(form(place, ahead))) : 1.0;
    double across = least(1.0, f[IN_LANE_M] / sqrt(form(place, aside)));
    double slower = in_queue ? least(1.0, f[IN_QUEUE_MPS] / sqrt(speed.at[0][0] + speed.at[1][1])) : 1.0;
    struct matrix shrink = along_and_across(ahead, along, across);
    place = times(times(shrink, place), shrink);
    mixed = times(shrink, mixed);
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            mixed.at[a][b] = slower * mixed.at[a][b];
            turned.at[b][a] = mixed.at[a][b];
            speed.at[a][b] *= slower * slower;
        }
    put(d, 0, 0, i, place);
    put(d, 0, 2, i, mixed);
    put(d, 2, 0, i, turned);
    put(d, 2, 2, i, speed);
}

static void drive(const struct driving *d, size_t k)
{
    size_t i = (size_t)d->rows[k], n = d->n;
    const double *f = d->figure, ahead[2] = {d->ahead[k], d->ahead[d->k + k]};
    double *velocity[2] = {d->state + 2 * n + i, d->state + 3 * n + i}, before[2] = {*velocity[0], *velocity[1]};
    double speed = ahead[0] * before[0] + ahead[1] * before[1], gap = d->gap[k], leading = d->leading[k];
    bool queuing = isinf(gap) && speed < f[QUEUING];
    struct matrix kept = along_and_across(ahead, queuing ? f[STOPPED] : 1.0, f[STEERED]);
    double more = speed_behind(d, speed, gap, leading) - speed;
    for (int a = 0; a < 2; a++)
        *velocity[a] = (kept.at[a][0] * before[0] + kept.at[a][1] * before[1]) + more * ahead[a];
    struct matrix spread = times(times(kept, block(d->covariance, 4, 2, 2, n, i)), kept);
    struct matrix mixed = times(block(d->covariance, 4, 0, 2, n, i), kept);
    bound(d, i, ahead, queuing || (isfinite(gap) && leading < f[QUEUING]), mixed, spread);
}

/* drive_on(state, covariance, rows, ahead, gap, leading, figures): change the first two; figures: in the order of the
   enumeration above, twice the braking. */
PyObject *drive_on(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct driving d;
    Py_ssize_t n, k;
    bool done = expect(count, 7) && (d.state = floats(&arrays, arguments[0], -1, true)) &&
                (n = last_size(&arrays) / 4, true) && (d.covariance = floats(&arrays, arguments[1], 16 * n, true)) &&
                (d.rows = integers(&arrays, arguments[2], -1, false)) && (k = last_size(&arrays), true) &&
                (d.ahead = floats(&arrays, arguments[3], 2 * k, false)) &&
                (d.gap = floats(&arrays, arguments[4], k, false)) &&
                (d.leading = floats(&arrays, arguments[5], k, false)) &&
                (d.figure = floats(&arrays, arguments[6], FIGURES, false));
    d.n = done ? (size_t)n : 0;
    d.k = done ? (size_t)k : 0;
    for (size_t number = 0; done && number < d.k; number++)
        if ((size_t)d.rows[number] >= d.n)
            done = (PyErr_SetString(PyExc_IndexError, "a row that is not there"), false);
    for (size_t number = 0; done && number < d.k; number++)
        drive(&d, number);
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
