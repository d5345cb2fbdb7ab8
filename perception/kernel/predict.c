/* Prediction: tracks move on at constant velocity, and how far that may be wrong. */

#include <math.h>

#include "kernel.h"

struct motion {
    double *state, *covariance;   /* (4, n), (4, 4, n) */
    const double *dt, *density;   /* (n,), (2, 2, n) */
    size_t n;
};

static void move(const struct motion *m, size_t i)
{
    size_t n = m->n;
    double dt = m->dt[i], *covariance = m->covariance + i, noise[2][2], step[2][2];
    for (size_t a = 0; a < 2; a++)
        m->state[a * n + i] += dt * m->state[(a + 2) * n + i];
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2; b++) {
            step[a][b] = covariance[(4 * a + b + 2) * n] + dt * covariance[(4 * (a + 2) + b + 2) * n];
            noise[a][b] = m->density[(2 * a + b) * n + i] * fabs(dt);
        }
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2; b++) {
            double *place = covariance + (4 * a + b) * n;
            *place += dt * (covariance[(4 * b + a + 2) * n] + step[a][b]);
            *place += noise[a][b] * (dt * dt / 3.0);
        }
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 2; b++) {
            double mixed = step[a][b] + noise[a][b] * (dt / 2.0);
            covariance[(4 * a + b + 2) * n] = covariance[(4 * (b + 2) + a) * n] = mixed;
            covariance[(4 * (a + 2) + b + 2) * n] += noise[a][b];
        }
}

/* predict(state, covariance, dt, density): change the first two. */
PyObject *predict(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct motion m;
    Py_ssize_t n;
    bool done = expect(count, 4) && (m.dt = floats(&arrays, arguments[2], -1, false)) &&
                (n = last_size(&arrays), true) && (m.state = floats(&arrays, arguments[0], 4 * n, true)) &&
                (m.covariance = floats(&arrays, arguments[1], 16 * n, true)) &&
                (m.density = floats(&arrays, arguments[3], 4 * n, false));
    if (done) {
        m.n = (size_t)n;
        for (size_t i = 0; i < m.n; i++)
            move(&m, i);
    }
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
