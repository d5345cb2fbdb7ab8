/* The pairs of a round that are made: those without a rival at once, the others by small dense assignments, one for each
   group of pairs that rival each other. */

#include <string.h>

#include "assignment.h"
#include "kernel.h"

struct round {
    size_t pairs, tracks, detections, sensors; /* numbers of pairs, and bounds of what they name */
    const int64_t *track, *detection, *sensor; /* (k,) */
    const double *score;                       /* (k,) */
    Py_ssize_t *of_slot, *of_detection;        /* worthy pairs of each track for each sensor, and of each detection */
    Py_ssize_t *contested, *made;              /* numbers of pairs */
    Py_ssize_t contested_count, made_count;
    Py_ssize_t *end;                           /* of each track's pairs, while they are sorted */
};

/* The rivals: contested slots and detections by their ranks, first the slots. A group's number is that of its first. */
struct rivals {
    Py_ssize_t slots, all;   /* numbers of them */
    Py_ssize_t *group;       /* (all,) another of its group, or itself: the first */
    Py_ssize_t *place;       /* (all,) row or column in its group's matrix */
    Py_ssize_t *rows;        /* (slots,) of each group's matrix */
    Py_ssize_t *columns;     /* (slots,) */
    Py_ssize_t *begin;       /* (slots + 1,) of each group's pairs */
    Py_ssize_t *pair;        /* (contested,) group by group */
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

/* Let contested ones have their ranks for counts, -1 for the others; `first` is the lowest rank. Return the next one. */
static Py_ssize_t rank(Py_ssize_t *of, size_t size, Py_ssize_t first)
{
    for (size_t i = 0; i < size; i++)
        of[i] = of[i] == 0 ? first++ : -1;
    return first;
}

static Py_ssize_t first_of(const struct rivals *v, Py_ssize_t one)
{
    while (v->group[one] != one)
        one = v->group[one] = v->group[v->group[one]];
    return one;
}

/* Give rivals their memory; MemoryError. */
static bool gather(struct round *r, struct rivals *v)
{
    size_t slots = r->tracks * r->sensors;
    memset(r->of_slot, -1, slots * sizeof *r->of_slot);
    memset(r->of_detection, -1, r->detections * sizeof *r->of_detection);
    for (Py_ssize_t c = 0; c < r->contested_count; c++) {
        size_t k = (size_t)r->contested[c];
        r->of_slot[slot(r, k)] = r->of_detection[r->detection[k]] = 0;
    }
    v->slots = rank(r->of_slot, slots, 0);
    v->all = rank(r->of_detection, r->detections, v->slots);
    v->group = PyMem_Calloc((size_t)(2 * v->all + 3 * v->slots + 1 + r->contested_count), sizeof *v->group);
    if (!v->group)
        return PyErr_NoMemory(), false;
    v->place = v->group + v->all;
    v->rows = v->place + v->all;
    v->columns = v->rows + v->slots;
    v->begin = v->columns + v->slots;
    v->pair = v->begin + v->slots + 1;
    return true;
}

/* Find the groups: a slot and a detection of one pair are in one. */
static void group(const struct round *r, struct rivals *v)
{
    for (Py_ssize_t one = 0; one < v->all; one++)
        v->group[one] = one;
    for (Py_ssize_t c = 0; c < r->contested_count; c++) {
        size_t k = (size_t)r->contested[c];
        Py_ssize_t one = first_of(v, r->of_slot[slot(r, k)]), other = first_of(v, r->of_detection[r->detection[k]]);
        v->group[one < other ? other : one] = one < other ? one : other;
    }
    for (Py_ssize_t one = 0; one < v->all; one++) {
        Py_ssize_t first = v->group[one] = first_of(v, one);
        v->place[one] = one < v->slots ? v->rows[first]++ : v->columns[first]++;
    }
    for (Py_ssize_t c = 0; c < r->contested_count; c++)
        v->begin[v->group[r->of_slot[slot(r, (size_t)r->contested[c])]] + 1]++;
    for (Py_ssize_t g = 0; g < v->slots; g++)
        v->begin[g + 1] += v->begin[g];
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

/* Make the best of the contested pairs of a group. */
static bool contest(struct round *r, const struct rivals *v, Py_ssize_t group)
{
    size_t cells = (size_t)(v->rows[group] * v->columns[group]);
    Py_ssize_t *found = PyMem_Malloc(cells * sizeof *found);
    if (!found)
        return PyErr_NoMemory(), false;
    memset(found, -1, cells * sizeof *found);
    for (Py_ssize_t c = v->begin[group]; c < v->begin[group + 1]; c++) {
        size_t k = (size_t)v->pair[c];
        Py_ssize_t row = v->place[r->of_slot[slot(r, k)]], column = v->place[r->of_detection[r->detection[k]]];
        found[row * v->columns[group] + column] = (Py_ssize_t)k;
    }
    bool done = make(r, found, v->rows[group], v->columns[group]);
    PyMem_Free(found);
    return done;
}

/* Make the best of all contested pairs. */
static bool contest_all(struct round *r)
{
    struct rivals v;
    if (!r->contested_count)
        return true;
    if (!gather(r, &v))
        return false;
    group(r, &v);
    for (Py_ssize_t c = 0; c < r->contested_count; c++) {
        size_t k = (size_t)r->contested[c];
        v.pair[v.begin[v.group[r->of_slot[slot(r, k)]]]++] = (Py_ssize_t)k;
    }
    memmove(v.begin + 1, v.begin, (size_t)v.slots * sizeof *v.begin); /* each now ended where the next begins */
    v.begin[0] = 0;
    bool done = true;
    for (Py_ssize_t g = 0; done && g < v.slots; g++)
        done = !v.rows[g] || contest(r, &v, g);
    PyMem_Free(v.group);
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
    if (!contest_all(r))
        return false;
    order(r, chosen);
    return true;
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
