/* Projection: detections of devices, sensor frame, into the site frame; NaN where a device does not say. */

#include <math.h>

#include "algebra.h"
#include "kernel.h"

enum { POSITION, COVARIANCE = 2, VELOCITY = 6, CERTAINTY = 8, SIZE = 12, ROWS = 15 }; /* of what is filled in */

struct projection {
    size_t d, s;
    const double *position, *covariance, *velocity, *variance, *size; /* (d, 2), (d, 2, 2), (d, 2), (d,), (d, 3) */
    const int64_t *sensor, *radial;                                   /* (d,), (d,) 1: no speed across the sight */
    const double *place, *forward;                                    /* (2, s), (2, s) */
    const double *along, *across, *azimuth, *speed, *speed_across;    /* (s,) */
    double *found;                                                    /* (ROWS, d) */
};

static double finite_or_nan(double value)
{
    return isinf(value) ? NAN : value;
}

static void turn(const double forward[2], const double *vector, double turned[2])
{
    double ahead = finite_or_nan(vector[0]), left = finite_or_nan(vector[1]);
    turned[0] = forward[0] * ahead - forward[1] * left;
    turned[1] = forward[1] * ahead + forward[0] * left;
}

/* Fill in a matrix with these eigenvalues along and across a unit vector. */
static void place_spread(const struct projection *p, size_t row, size_t i, const double ray[2], double along,
                         double across)
{
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2; b++)
            p->found[(row + 2 * a + b) * p->d + i] =
                (a == b ? 1.0 : 0.0) * across + ray[a] * (ray[b] * (along - across));
}

static void place_covariance(const struct projection *p, size_t i, const double forward[2], const double ray[2],
                             double distance)
{
    size_t sensor = (size_t)p->sensor[i];
    struct matrix told, turn = {{{forward[0], -forward[1]}, {forward[1], forward[0]}}};
    struct matrix back = {{{forward[0], forward[1]}, {-forward[1], forward[0]}}};
    for (size_t a = 0; a < 4; a++)
        told.at[a / 2][a % 2] = finite_or_nan(p->covariance[4 * i + a]);
    if (!isfinite(told.at[0][0] + told.at[0][1] + told.at[1][1])) {
        double across = p->across[sensor] + p->azimuth[sensor] * (distance * distance);
        place_spread(p, COVARIANCE, i, ray, p->along[sensor], across);
        return;
    }
    told = times(times(turn, told), back);
    for (size_t a = 0; a < 4; a++)
        p->found[(COVARIANCE + a) * p->d + i] = told.at[a / 2][a % 2];
}

static void place_velocity(const struct projection *p, size_t i, const double forward[2], const double ray[2])
{
    size_t sensor = (size_t)p->sensor[i];
    double velocity[2];
    turn(forward, p->velocity + 2 * i, velocity);
    bool known = isfinite(velocity[0] + velocity[1]), given = known && isfinite(p->variance[i]);
    double along = (double)known / (given ? p->variance[i] : p->speed[sensor]);
    double across = (double)(known && !p->radial[i]) / (given ? p->variance[i] : p->speed_across[sensor]);
    place_spread(p, CERTAINTY, i, ray, along, across);
    for (size_t a = 0; a < 2; a++)
        p->found[(VELOCITY + a) * p->d + i] = known ? velocity[a] : 0.0;
}

static bool convert(const struct projection *p)
{
    for (size_t i = 0; i < p->d; i++) {
        size_t sensor = (size_t)p->sensor[i];
        if (sensor >= p->s)
            return PyErr_SetString(PyExc_IndexError, "a sensor that is not there"), false;
        double forward[2] = {p->forward[sensor], p->forward[p->s + sensor]}, away[2], ray[2];
        turn(forward, p->position + 2 * i, away);
        double distance = hypot(away[0], away[1]);
        for (size_t a = 0; a < 2; a++) {
            ray[a] = away[a] / (distance < 1e-6 ? 1e-6 : distance);
            p->found[(POSITION + a) * p->d + i] = away[a] + p->place[a * p->s + sensor];
        }
        place_covariance(p, i, forward, ray, distance);
        place_velocity(p, i, forward, ray);
        for (size_t a = 0; a < 3; a++)
            p->found[(SIZE + a) * p->d + i] = finite_or_nan(p->size[3 * i + a]);
    }
    return true;
}

/* project(position, covariance, velocity, variance, size, sensor, radial, place, forward, along, across, azimuth,
   speed, speed_across, found): fill in the last. */
PyObject *project(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct projection p;
    const double **of_sensors[] = {&p.across, &p.azimuth, &p.speed, &p.speed_across};
    Py_ssize_t d, s;
    bool done = expect(count, 15) && (p.variance = floats(&arrays, arguments[3], -1, false)) &&
                (d = last_size(&arrays), true) && (p.position = floats(&arrays, arguments[0], 2 * d, false)) &&
                (p.covariance = floats(&arrays, arguments[1], 4 * d, false)) &&
                (p.velocity = floats(&arrays, arguments[2], 2 * d, false)) &&
                (p.size = floats(&arrays, arguments[4], 3 * d, false)) &&
                (p.sensor = integers(&arrays, arguments[5], d, false)) &&
                (p.radial = integers(&arrays, arguments[6], d, false)) &&
                (p.along = floats(&arrays, arguments[9], -1, false)) && (s = last_size(&arrays), true) &&
                (p.place = floats(&arrays, arguments[7], 2 * s, false)) &&
                (p.forward = floats(&arrays, arguments[8], 2 * s, false));
    for (size_t k = 0; done && k < sizeof of_sensors / sizeof *of_sensors; k++)
        done = (*of_sensors[k] = floats(&arrays, arguments[10 + k], s, false)) != NULL;
    if (done && (done = (p.found = floats(&arrays, arguments[14], ROWS * d, true)) != NULL)) {
        p.d = (size_t)d;
        p.s = (size_t)s;
        done = convert(&p);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
