/* Misses: how much it says that sensors looked at tracks and did not see them, and which tracks no sensor could see. */

#include <math.h>

#include "kernel.h"

#define HISTORY 33 /* numbers of scans in a row, from none to all that a history holds */

enum { SCANS, OPEN, LIKELY, UNLIKELY, STANDING, STEADY, LIMITS };

struct misses {
    size_t n, s, m;
    const double *state;                     /* (4, n) */
    const int64_t *id, *history;             /* (n,), (s, n) */
    double *word;                            /* (s, n) */
    int64_t *hidden;                         /* (n,) */
    const double *sure, *missed, *in_a_row;  /* (s,), (s,), (s, HISTORY) */
    const bool *seen, *inside, *watched;     /* (s, n) */
    const int64_t *sensor, *track;           /* (m,) of the misses */
    const double *room;                      /* (m,) */
    double *exposed;                         /* (m,) */
    bool settled;
    const double *limits;                    /* (LIMITS,) */
    double *ratio, *narrowest;               /* (m,), (n,) */
    bool *news;                              /* (n,) */
    bool *could;                             /* (n,) */
};

/* Take what sensors say, of tracks that they see and of those that they do not though nothing hides them. */
static void hear(const struct misses *g)
{
    for (size_t at = 0; at < g->s * g->n; at++)
        g->word[at] += g->seen[at] ? g->sure[at / g->n] / g->limits[SCANS] : 0.0;
    for (size_t k = 0; k < g->m; k++) {
        size_t sensor = (size_t)g->sensor[k];
        if (g->exposed[k] > g->limits[OPEN])
            g->word[sensor * g->n + (size_t)g->track[k]] -= g->sure[sensor] / g->limits[SCANS];
    }
    for (size_t at = 0; at < g->s * g->n; at++) {
        double sure = g->sure[at / g->n], word = g->word[at] < -sure ? -sure : g->word[at];
        g->word[at] = word > sure ? sure : word;
    }
}

/* Return how likely a miss is of a track that is there, over how likely of one that is not. */
static double weigh(const struct misses *g, size_t k)
{
    size_t sensor = (size_t)g->sensor[k], track = (size_t)g->track[k];
    uint64_t history = (uint64_t)g->history[sensor * g->n + track];
    int in_a_row = history ? __builtin_ctzll(history) : HISTORY - 1;
    int scans = history ? 64 - __builtin_clzll(history) - in_a_row : -in_a_row, hits = __builtin_popcountll(history);
    bool steady = history ? 2 * hits >= scans && hits >= (int)g->limits[STEADY] : g->hidden[track] > 0;
    double exposed = g->exposed[k], missed = g->missed[sensor];
    double before = exposed * (steady && exposed < 1.0 ? g->in_a_row[sensor * HISTORY + (size_t)in_a_row] : 1.0);
    return (1.0 - exposed + before * missed) / (1.0 - exposed + before);
}

/* Look at all misses. A track that is not known to exist is not known to be hidden. */
static void count_misses(const struct misses *g)
{
    for (size_t i = 0; i < g->n; i++) {
        g->narrowest[i] = INFINITY;
        g->could[i] = false;
    }
    for (size_t k = 0; k < g->m; k++) {
        size_t i = (size_t)g->track[k];
        bool comes = g->settled || hypot(g->state[2 * g->n + i], g->state[3 * g->n + i]) > g->limits[STANDING];
        if (g->id[i] == 0 && (comes || g->exposed[k] > g->limits[UNLIKELY]))
            g->exposed[k] = 1.0;
        g->ratio[k] = weigh(g, k);
        g->could[i] = g->could[i] || g->exposed[k] > g->limits[LIKELY];
        g->narrowest[i] = g->room[k] < g->narrowest[i] ? g->room[k] : g->narrowest[i];
    }
}

/* Note which tracks no sensor could see, of those that a sensor looked at or saw. */
static void hide(const struct misses *g)
{
    for (size_t i = 0; i < g->n; i++) {
        bool seen = false, inside = false, watched = false;
        for (size_t at = i; at < g->s * g->n; at += g->n) {
            seen = seen || g->seen[at];
            inside = inside || g->inside[at];
            watched = watched || g->watched[at];
        }
        g->news[i] = watched || seen;
        if (g->news[i])
            g->hidden[i] = g->id[i] > 0 && !seen && !g->could[i];
        if (!inside)
            g->hidden[i] = 0;
    }
}

/* Do all; false with IndexError or MemoryError. */
static bool judge(struct misses *g)
{
    for (size_t k = 0; k < g->m; k++)
        if ((size_t)g->sensor[k] >= g->s || (size_t)g->track[k] >= g->n)
            return PyErr_SetString(PyExc_IndexError, "a miss of what is not there"), false;
    for (size_t at = 0; at < g->s * g->n; at++)
        if (g->history[at] >> (HISTORY - 1))
            return PyErr_SetString(PyExc_ValueError, "a history that is too long"), false;
    g->could = PyMem_Calloc(g->n + 1, 1);
    if (!g->could)
        return PyErr_NoMemory(), false;
    hear(g);
    count_misses(g);
    hide(g);
    PyMem_Free(g->could);
    return true;
}

static bool take_tracks(struct misses *g, struct arrays *arrays, PyObject *const *arguments)
{
    if (!(g->id = integers(arrays, arguments[1], -1, false)))
        return false;
    Py_ssize_t n = last_size(arrays), s;
    if (!(g->sure = floats(arrays, arguments[5], -1, false)))
        return false;
    s = last_size(arrays);
    g->n = (size_t)n;
    g->s = (size_t)s;
    return (g->state = floats(arrays, arguments[0], 4 * n, false)) &&
           (g->history = integers(arrays, arguments[2], s * n, false)) &&
           (g->word = floats(arrays, arguments[3], s * n, true)) &&
           (g->hidden = integers(arrays, arguments[4], n, true)) &&
           (g->missed = floats(arrays, arguments[6], s, false)) &&
           (g->in_a_row = floats(arrays, arguments[7], s * HISTORY, false)) &&
           (g->seen = masks(arrays, arguments[8], s * n)) && (g->inside = masks(arrays, arguments[9], s * n)) &&
           (g->watched = masks(arrays, arguments[10], s * n)) &&
           (g->narrowest = floats(arrays, arguments[18], n, true)) && (g->news = masks(arrays, arguments[19], n));
}

static bool take_misses(struct misses *g, struct arrays *arrays, PyObject *const *arguments)
{
    if (!(g->sensor = integers(arrays, arguments[11], -1, false)))
        return false;
    Py_ssize_t m = last_size(arrays);
    int settled = PyObject_IsTrue(arguments[15]);
    g->m = (size_t)m;
    g->settled = settled > 0;
    return settled >= 0 && (g->track = integers(arrays, arguments[12], m, false)) &&
           (g->exposed = floats(arrays, arguments[13], m, true)) &&
           (g->room = floats(arrays, arguments[14], m, false)) &&
           (g->limits = floats(arrays, arguments[16], LIMITS, false)) &&
           (g->ratio = floats(arrays, arguments[17], m, true));
}

/* misses(state, id, history, word, hidden, sure, missed, in_a_row, seen, inside, watched, sensor, track, exposed, room,
   settled, limits, ratio, narrowest, news): change word, hidden and exposed, fill in the last three; limits: in the order
   of the enumeration above. */
PyObject *misses(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct misses g;
    bool done = expect(count, 20) && take_tracks(&g, &arrays, arguments) && take_misses(&g, &arrays, arguments) &&
                judge(&g);
    release(&arrays);
    return done ? Py_NewRef(Py_None) : NULL;
}
