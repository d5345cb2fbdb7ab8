/* Pairs of places that are near to each other. The others are sorted into strips by east, of which a few are looked at. */

#include <math.h>
#include <stdlib.h>

#include "kernel.h"

#define FEW 32      /* numbers that are sorted by insertion */
#define MARGIN 1e-6 /* of what is looked at, relative and in metres: more than rounding */

struct other {
    double east, north, reach;
    int64_t number;
};

/* All others, strip by strip from the west. */
struct strips {
    double west, per_m, widest; /* reach of all */
    Py_ssize_t count;           /* of strips */
    Py_ssize_t *start;          /* of each, and the end of the last */
    struct other *others;
};

struct pairs {
    int64_t *first, *second;
    Py_ssize_t count, room;
};

static int by_number(const void *one, const void *two)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)two;
    return (a > b) - (a < b);
}

/* Sort numbers; few are in order but for those of another strip. */
static void sort_numbers(int64_t *number, Py_ssize_t count)
{
    if (count > FEW) {
        qsort(number, (size_t)count, sizeof *number, by_number);
        return;
    }
    for (Py_ssize_t i = 1; i < count; i++) {
        int64_t one = number[i];
        Py_ssize_t k = i;
        for (; k > 0 && number[k - 1] > one; k--)
            number[k] = number[k - 1];
        number[k] = one;
    }
}

static bool grow(struct pairs *pairs)
{
    Py_ssize_t room = 2 * pairs->room + 256;
    int64_t *first = PyMem_Realloc(pairs->first, (size_t)room * sizeof *first);
    if (first)
        pairs->first = first;
    int64_t *second = first ? PyMem_Realloc(pairs->second, (size_t)room * sizeof *second) : NULL;
    if (!second)
        return PyErr_NoMemory(), false;
    pairs->second = second;
    pairs->room = room;
    return true;
}

static Py_ssize_t strip_of(const struct strips *strips, double east)
{
    double strip = (east - strips->west) * strips->per_m;
    return strip < 0.0 ? 0 : strip < (double)strips->count ? (Py_ssize_t)strip : strips->count - 1;
}

/* Add what is near to one place, in the order of its numbers. */
static bool look(const struct strips *strips, int64_t number, double east, double north, double reach,
                 struct pairs *pairs)
{
    double aside = (reach + strips->widest) * (1.0 + MARGIN) + MARGIN;
    Py_ssize_t began = pairs->count, end = strips->start[strip_of(strips, east + aside) + 1];
    for (Py_ssize_t k = strips->start[strip_of(strips, east - aside)]; k < end; k++) {
        const struct other *other = &strips->others[k];
        double limit = reach + other->reach;
        if (!(fabs(east - other->east) <= limit && fabs(north - other->north) <= limit))
            continue;
        if (pairs->count == pairs->room && !grow(pairs))
            return false;
        pairs->first[pairs->count] = number;
        pairs->second[pairs->count++] = other->number;
    }
    sort_numbers(pairs->second + began, pairs->count - began);
    return true;
}

/* Lay out strips for others (2, m) with their reaches (m,), without those that are nowhere; MemoryError. */
static bool lay(struct strips *strips, const double *place, const double *reach, Py_ssize_t size)
{
    double east = -INFINITY;
    strips->west = INFINITY;
    for (Py_ssize_t j = 0; j < size; j++) {
        if (!isfinite(place[j]))
            continue;
        strips->west = place[j] < strips->west ? place[j] : strips->west;
        east = place[j] > east ? place[j] : east;
        strips->widest = reach[j] > strips->widest ? reach[j] : strips->widest;
    }
    strips->count = size / 4 + 1;
    strips->per_m = east > strips->west ? (double)strips->count / (east - strips->west) : 0.0;
    strips->start = PyMem_Calloc((size_t)strips->count + 2, sizeof *strips->start);
    strips->others = PyMem_Malloc((size_t)(size + 1) * sizeof *strips->others);
    return (strips->start && strips->others) || (PyErr_NoMemory(), false);
}

static void sort(struct strips *strips, const double *place, const double *reach, Py_ssize_t size)
{
    Py_ssize_t *end = strips->start + 1; /* of each strip, while they are filled */
    for (Py_ssize_t j = 0; j < size; j++)
        if (isfinite(place[j]))
            end[strip_of(strips, place[j]) + 1]++;
    for (Py_ssize_t k = 1; k <= strips->count; k++)
        end[k] += end[k - 1];
    for (Py_ssize_t j = 0; j < size; j++)
        if (isfinite(place[j]))
            strips->others[end[strip_of(strips, place[j])]++] = (struct other){place[j], place[size + j], reach[j], j};
}

static PyObject *find(const double *place, const double *reach, Py_ssize_t size, const double *other,
                      const double *other_reach, Py_ssize_t others)
{
    struct pairs pairs = {0};
    struct strips strips = {0};
    bool done = lay(&strips, other, other_reach, others);
    if (done)
        sort(&strips, other, other_reach, others);
    for (Py_ssize_t i = 0; done && i < size; i++)
        done = !isfinite(place[i]) || look(&strips, i, place[i], place[size + i], reach[i], &pairs);
    Py_ssize_t bytes = pairs.count * (Py_ssize_t)sizeof(int64_t);
    PyObject *found = !done ? NULL : Py_BuildValue("NN", PyByteArray_FromStringAndSize((char *)pairs.first, bytes),
                                                   PyByteArray_FromStringAndSize((char *)pairs.second, bytes));
    PyMem_Free(pairs.first);
    PyMem_Free(pairs.second);
    PyMem_Free(strips.start);
    PyMem_Free(strips.others);
    return found;
}

/* neighbours(place (2, n), reach (n,), other (2, m), other_reach (m,)): return the numbers of the pairs, two buffers of
   int64. */
PyObject *neighbours(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    const double *place, *other, *reach, *other_reach;
    PyObject *found = NULL;
    Py_ssize_t size, others;
    if (expect(count, 4) && (reach = floats(&arrays, arguments[1], -1, false)) && (size = last_size(&arrays), true) &&
        (other_reach = floats(&arrays, arguments[3], -1, false)) && (others = last_size(&arrays), true) &&
        (place = floats(&arrays, arguments[0], 2 * size, false)) &&
        (other = floats(&arrays, arguments[2], 2 * others, false)))
        found = find(place, reach, size, other, other_reach, others);
    release(&arrays);
    return found;
}
