/* The pairs of a round that are made: those without a rival at once, the others by small dense assignments. */

#include <string.h>

#include "assignment.h"
#include "kernel.h"

#define TOGETHER 64 /* contested pairs up to which there is one assignment for all sensors, as in association.py */

struct round {
    size_t pairs, tracks, detections, sensors; /* numbers of pairs, and bounds of what they name */
    const int64_t *track, *detection, *sensor; /* (k,) */
    const double *score;                       /* (k,) */
    Py_ssize_t *of_slot, *of_detection;        /* worthy pairs of each track for each sensor, and of each detection */
    Py_ssize_t *contested, *made;              /* numbers of pairs */
    Py_ssize_t contested_count, made_count;
    Py_ssize_t *end;                           /* of each track's pairs, while they are sorted */
};

static size_t slot(const struct round *r, size_t k)
{
    return (size_t)r->sensor[k] * r->tracks + (size_t)r->track[k];
}

/* Note bounds; false with IndexError. */
static bool measure(struct round *r)
{
    for (size_t k = 0; k < r->pairs; k++) {
        if (r->track[k] < 0 || r->detection[k] < 0 || r->sensor[k] < 0)
            return PyErr_SetString(PyExc_IndexError, "a pair of what is not there"), false;
        r->tracks = (size_t)r->track[k] >= r->tracks ? (size_t)r->track[k] + 1 : r->tracks;
        r->detections = (size_t)r->detection[k] >= r->detections ? (size_t)r->detection[k] + 1 : r->detections;
        r->sensors = (size_t)r->sensor[k] >= r->sensors ? (size_t)r->sensor[k] + 1 : r->sensors;
    }
    size_t slots = r->tracks * r->sensors;
    r->of_slot = PyMem_Calloc(slots + r->detections + r->tracks + 1 + 2 * r->pairs, sizeof *r->of_slot);
    if (!r->of_slot)
        return PyErr_NoMemory(), false;
    r->of_detection = r->of_slot + slots;
    r->end = r->of_detection + r->detections;
    r->contested = r->end + r->tracks + 1;
    r->made = r->contested + r->pairs;
    return true;
}

static void part(struct round *r)
{
    for (size_t k = 0; k < r->pairs; k++)
        if (r->score[k] > 0.0) {
            r->of_slot[slot(r, k)]++;
            r->of_detection[r->detection[k]]++;
        }
    for (size_t k = 0; k < r->pairs; k++)
        if (r->score[k] > 0.0) {
            if (r->of_slot[slot(r, k)] == 1 && r->of_detection[r->detection[k]] == 1)
                r->made[r->made_count++] = (Py_ssize_t)k;
            else
                r->contested[r->contested_count++] = (Py_ssize_t)k;
        }
}

/* Let contested slots and detections have their ranks for counts, -1 for the others. */
static void rank(struct round *r)
{
    size_t sizes[2] = {r->tracks * r->sensors, r->detections};
    Py_ssize_t *ranks[2] = {r->of_slot, r->of_detection};
    for (int which = 0; which < 2; which++) {
        memset(ranks[which], -1, sizes[which] * sizeof(Py_ssize_t));
        for (Py_ssize_t c = 0; c < r->contested_count; c++)
            ranks[which][which ? (size_t)r->detection[r->contested[c]] : slot(r, (size_t)r->contested[c])] = 0;
        Py_ssize_t count = 0;
        for (size_t i = 0; i < sizes[which]; i++)
            if (ranks[which][i] == 0)
                ranks[which][i] = count++;
    }
}

/* Make the best pairs of those in the matrix of their numbers, -1: none. */
static bool make(struct round *r, const Py_ssize_t *found, Py_ssize_t rows, Py_ssize_t columns)
{
    size_t cells = (size_t)(rows * columns);
    double *benefit = PyMem_Malloc(cells * sizeof *benefit + (size_t)rows * sizeof(Py_ssize_t));
    if (!benefit)
        return PyErr_NoMemory(), false;
    Py_ssize_t *chosen = (Py_ssize_t *)(benefit + cells);
    for (size_t i = 0; i < cells; i++)
        benefit[i] = found[i] < 0 ? 0.0 : r->score[found[i]];
    bool done = assign_best(benefit, rows, columns, chosen);
    for (Py_ssize_t i = 0; done && i < rows; i++)
        if (chosen[i] >= 0 && found[i * columns + chosen[i]] >= 0)
            r->made[r->made_count++] = found[i * columns + chosen[i]];
    PyMem_Free(benefit);
    return done;
}

/* Make the best of the contested pairs of a sensor, or of all (-1). */
static bool contest(struct round *r, int64_t sensor)
{
    Py_ssize_t row[2] = {PY_SSIZE_T_MAX, -1}, column[2] = {PY_SSIZE_T_MAX, -1}; /* first and last */
    for (Py_ssize_t c = 0; c < r->contested_count; c++) {
        size_t k = (size_t)r->contested[c];
        Py_ssize_t i = r->of_slot[slot(r, k)], j = r->of_detection[r->detection[k]];
        if (sensor >= 0 && r->sensor[k] != sensor)
            continue;
        row[0] = i < row[0] ? i : row[0];
        row[1] = i > row[1] ? i : row[1];
        column[0] = j < column[0] ? j : column[0];
        column[1] = j > column[1] ? j : column[1];
    }
    if (row[1] < 0)
        return true;
    Py_ssize_t rows = row[1] - row[0] + 1, columns = column[1] - column[0] + 1;
    Py_ssize_t *found = PyMem_Malloc((size_t)(rows * columns) * sizeof *found);
    if (!found)
        return PyErr_NoMemory(), false;
    memset(found, -1, (size_t)(rows * columns) * sizeof *found);
    for (Py_ssize_t c = 0; c < r->contested_count; c++) {
        size_t k = (size_t)r->contested[c];
        if (sensor < 0 || r->sensor[k] == sensor)
            found[(r->of_slot[slot(r, k)] - row[0]) * columns + r->of_detection[r->detection[k]] - column[0]] =
                (Py_ssize_t)k;
    }
    bool done = make(r, found, rows, columns);
    PyMem_Free(found);
    return done;
}

/* Fill in the pairs that were made, ordered by track, else as they were made. */
static void order(struct round *r, int64_t *chosen)
{
    for (Py_ssize_t m = 0; m < r->made_count; m++)
        r->end[r->track[r->made[m]] + 1]++;
    for (size_t i = 1; i <= r->tracks; i++)
        r->end[i] += r->end[i - 1];
    for (Py_ssize_t m = 0; m < r->made_count; m++)
        chosen[r->end[r->track[r->made[m]]]++] = r->made[m];
}

static bool choose(struct round *r, int64_t *chosen)
{
    if (!measure(r))
        return false;
    part(r);
    rank(r);
    bool done = true;
    if (r->contested_count <= TOGETHER)
        done = contest(r, -1);
    else
        for (int64_t sensor = 0; done && sensor < (int64_t)r->sensors; sensor++)
            done = contest(r, sensor);
    if (done)
        order(r, chosen);
    return done;
}

/* assign(track, detection, sensor, score, chosen): fill in the numbers of the pairs that are made; return how many. */
PyObject *assign(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct round r = {0};
    int64_t *chosen;
    Py_ssize_t k;
    bool done = false;
    if (expect(count, 5) && (r.track = integers(&arrays, arguments[0], -1, false)) && (k = last_size(&arrays), true) &&
        (r.detection = integers(&arrays, arguments[1], k, false)) &&
        (r.sensor = integers(&arrays, arguments[2], k, false)) &&
        (r.score = floats(&arrays, arguments[3], k, false)) && (chosen = integers(&arrays, arguments[4], k, true))) {
        r.pairs = (size_t)k;
        done = choose(&r, chosen);
    }
    PyMem_Free(r.of_slot);
    release(&arrays);
    return done ? PyLong_FromSsize_t(r.made_count) : NULL;
}
