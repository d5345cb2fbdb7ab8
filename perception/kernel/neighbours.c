/* Pairs of places that are near to each other. The others are sorted into cells, of which a few are looked at. */

#include <math.h>
#include <stdlib.h>

#include "kernel.h"
#include "neighbours.h"

#define FEW 32      /* numbers that are sorted by insertion */
#define MARGIN 1e-6 /* of what is looked at, relative and in metres: more than rounding */

struct other {
    double east, north, reach;
    int64_t number;
};

/* One axis of the cells. */
struct axis {
    double first, per_m;
    Py_ssize_t count;
};

/* All others, cell by cell, those of a column one after the other. */
struct cells {
    struct axis east, north;
    double widest;     /* reach of all */
    Py_ssize_t *start; /* of each cell, and the end of the last */
    struct other *others;
};

static int by_number(const void *one, const void *two)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)two;
    return (a > b) - (a < b);
}

/* Sort numbers; mostly there are few. */
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

static Py_ssize_t cell_of(const struct axis *axis, double at)
{
    double cell = (at - axis->first) * axis->per_m;
    return cell < 0.0 ? 0 : cell < (double)axis->count ? (Py_ssize_t)cell : axis->count - 1;
}

static Py_ssize_t cell_at(const struct cells *cells, double east, double north)
{
    return cell_of(&cells->east, east) * cells->north.count + cell_of(&cells->north, north);
}

/* Add what is near to one place, in the order of its numbers. */
static bool look(const struct cells *cells, int64_t number, double east, double north, double reach, struct pairs *pairs)
{
    double aside = (reach + cells->widest) * (1.0 + MARGIN) + MARGIN;
    Py_ssize_t began = pairs->count, last = cell_of(&cells->east, east + aside);
    Py_ssize_t south = cell_of(&cells->north, north - aside), end = cell_of(&cells->north, north + aside) + 1;
    for (Py_ssize_t column = cell_of(&cells->east, east - aside); column <= last; column++) {
        const Py_ssize_t *start = cells->start + column * cells->north.count;
        for (Py_ssize_t k = start[south]; k < start[end]; k++) {
            const struct other *other = &cells->others[k];
            double limit = reach + other->reach;
            if (!(fabs(east - other->east) <= limit && fabs(north - other->north) <= limit))
                continue;
            if (pairs->count == pairs->room && !grow(pairs))
                return false;
            pairs->first[pairs->count] = number;
            pairs->second[pairs->count++] = other->number;
        }
    }
    sort_numbers(pairs->second + began, pairs->count - began);
    return true;
}

static bool is_somewhere(const double *place, Py_ssize_t size, Py_ssize_t j)
{
    return isfinite(place[j]) && isfinite(place[size + j]);
}

/* Lay an axis over coordinates (m,) of places (2, m). */
static struct axis lay(const double *coordinate, const double *place, Py_ssize_t size)
{
    struct axis axis = {.first = INFINITY, .count = (Py_ssize_t)sqrt((double)size / 2.0) + 1};
    double last = -INFINITY;
    for (Py_ssize_t j = 0; j < size; j++)
        if (is_somewhere(place, size, j)) {
            axis.first = coordinate[j] < axis.first ? coordinate[j] : axis.first;
            last = coordinate[j] > last ? coordinate[j] : last;
        }
    if (last > axis.first)
        axis.per_m = (double)axis.count / (last - axis.first);
    else
        axis.count = 1;
    return axis;
}

/* Sort others (2, m) with their reaches (m,) into cells, without those that are nowhere; MemoryError. */
static bool sort(struct cells *cells, const double *place, const double *reach, Py_ssize_t size)
{
    cells->east = lay(place, place, size);
    cells->north = lay(place + size, place, size);
    Py_ssize_t count = cells->east.count * cells->north.count;
    cells->start = PyMem_Calloc((size_t)count + 2, sizeof *cells->start);
    cells->others = PyMem_Malloc((size_t)(size + 1) * sizeof *cells->others);
    if (!cells->start || !cells->others)
        return PyErr_NoMemory(), false;
    Py_ssize_t *end = cells->start + 1; /* of each cell, while they are filled */
    for (Py_ssize_t j = 0; j < size; j++)
        if (is_somewhere(place, size, j))
            end[cell_at(cells, place[j], place[size + j]) + 1]++;
    for (Py_ssize_t k = 1; k <= count; k++)
        end[k] += end[k - 1];
    for (Py_ssize_t j = 0; j < size; j++)
        if (is_somewhere(place, size, j)) {
            Py_ssize_t cell = cell_at(cells, place[j], place[size + j]);
            cells->others[end[cell]++] = (struct other){place[j], place[size + j], reach[j], j};
            cells->widest = reach[j] > cells->widest ? reach[j] : cells->widest;
        }
    return true;
}

bool find_pairs(struct places here, struct places others, struct pairs *pairs)
{
    struct cells cells = {0};
    const double *place = here.place;
    bool done = sort(&cells, others.place, others.reach, others.size);
    for (Py_ssize_t i = 0; done && i < here.size; i++)
        done = !is_somewhere(place, here.size, i) ||
               look(&cells, i, place[i], place[here.size + i], here.reach[i], pairs);
    PyMem_Free(cells.start);
    PyMem_Free(cells.others);
    return done;
}

void forget_pairs(struct pairs *pairs)
{
    PyMem_Free(pairs->first);
    PyMem_Free(pairs->second);
}

static PyObject *find(struct places here, struct places others)
{
    struct pairs pairs = {0};
    PyObject *found = NULL;
    if (find_pairs(here, others, &pairs)) {
        Py_ssize_t bytes = pairs.count * (Py_ssize_t)sizeof(int64_t);
        found = Py_BuildValue("NN", PyByteArray_FromStringAndSize((char *)pairs.first, bytes),
                              PyByteArray_FromStringAndSize((char *)pairs.second, bytes));
    }
    forget_pairs(&pairs);
    return found;
}

/* neighbours(place (2, n), reach (n,), other (2, m), other_reach (m,)): return the numbers of the pairs, two buffers of
   int64. */
PyObject *neighbours(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    struct arrays arrays = {.count = 0};
    struct places here, others;
    PyObject *found = NULL;
    if (expect(count, 4) && (here.reach = floats(&arrays, arguments[1], -1, false)) &&
        (here.size = last_size(&arrays), true) && (others.reach = floats(&arrays, arguments[3], -1, false)) &&
        (others.size = last_size(&arrays), true) &&
        (here.place = floats(&arrays, arguments[0], 2 * here.size, false)) &&
        (others.place = floats(&arrays, arguments[2], 2 * others.size, false)))
        found = find(here, others);
    release(&arrays);
    return found;
}
