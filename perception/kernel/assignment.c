/* Assignment of rows to columns with the least sum of costs, by shortest augmenting paths: Jonker and Volgenant,
   Computing 38 (1987); for more columns than rows Crouse, IEEE Trans. AES 52 (2016). Ties are broken as SciPy does. */

#include <math.h>
#include <string.h>

#include "assignment.h"

struct problem {
    Py_ssize_t rows, columns; /* no more rows than columns */
    double *cost;             /* of rows x columns */
    double *row_price, *column_price;
    double *distance;        /* of each column from the row that is being assigned */
    Py_ssize_t *column_of;   /* of each row; -1 while it has none */
    Py_ssize_t *row_of;      /* of each column; -1 while it has none */
    Py_ssize_t *row_before;  /* of each column on the shortest path to it */
    Py_ssize_t *column;      /* all columns: the first `open` ones are not reached yet, behind them are the others */
    Py_ssize_t open;
};

/* Look at the open columns from a row that is so far away; return the place of the nearest, rather one without a row. */
static Py_ssize_t nearest(struct problem *p, Py_ssize_t row, double away)
{
    double least = INFINITY;
    Py_ssize_t place = -1;
    for (Py_ssize_t k = 0; k < p->open; k++) {
        Py_ssize_t j = p->column[k];
        double far = away + p->cost[row * p->columns + j] - p->row_price[row] - p->column_price[j];
        if (far < p->distance[j]) {
            p->distance[j] = far;
            p->row_before[j] = row;
        }
        if (p->distance[j] < least || (p->distance[j] == least && p->row_of[j] < 0)) {
            least = p->distance[j];
            place = k;
        }
    }
    return place;
}

/* Find the shortest path from a row to a column without one; return that column, or -1 when there is none. */
static Py_ssize_t path(struct problem *p, Py_ssize_t row)
{
    double away = 0.0;
    p->open = p->columns;
    for (Py_ssize_t j = 0; j < p->columns; j++) {
        p->column[j] = p->columns - 1 - j;
        p->distance[j] = INFINITY;
    }
    for (;;) {
        Py_ssize_t place = nearest(p, row, away);
        Py_ssize_t j = place < 0 ? -1 : p->column[place];
        if (j < 0 || p->distance[j] == INFINITY)
            return -1;
        p->column[place] = p->column[--p->open];
        p->column[p->open] = j;
        if (p->row_of[j] < 0)
            return j;
        away = p->distance[j];
        row = p->row_of[j];
    }
}

/* Change the prices so that the path to a column costs nothing, then take it. */
static void augment(struct problem *p, Py_ssize_t row, Py_ssize_t sink)
{
    double away = p->distance[sink];
    p->row_price[row] += away;
    for (Py_ssize_t k = p->open; k < p->columns; k++) {
        Py_ssize_t j = p->column[k];
        if (j != sink)
            p->row_price[p->row_of[j]] += away - p->distance[j];
        p->column_price[j] -= away - p->distance[j];
    }
    for (Py_ssize_t i, j = sink, next; ; j = next) {
        i = p->row_of[j] = p->row_before[j];
        next = p->column_of[i];
        p->column_of[i] = j;
        if (i == row)
            return;
    }
}

/* Give a problem its memory: floats, then indices; MemoryError. */
static bool make(struct problem *p)
{
    size_t cells = (size_t)(p->rows * p->columns), rows = (size_t)p->rows, columns = (size_t)p->columns;
    p->cost = PyMem_Malloc((cells + rows + 2 * columns) * sizeof(double) + (rows + 3 * columns) * sizeof(Py_ssize_t));
    if (!p->cost)
        return PyErr_NoMemory(), false;
    p->row_price = p->cost + cells;
    p->column_price = p->row_price + rows;
    p->distance = p->column_price + columns;
    memset(p->row_price, 0, (rows + columns) * sizeof(double));
    p->column_of = (Py_ssize_t *)(p->distance + columns);
    p->row_of = p->column_of + rows;
    p->row_before = p->row_of + columns;
    p->column = p->row_before + columns;
    memset(p->column_of, -1, (rows + columns) * sizeof(Py_ssize_t));
    return true;
}

bool assign_best(const double *benefit, Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t *chosen)
{
    bool turned = columns < rows, done = true;
    struct problem p = {.rows = turned ? columns : rows, .columns = turned ? rows : columns};
    if (!make(&p))
        return false;
    for (Py_ssize_t i = 0; i < p.rows; i++)
        for (Py_ssize_t j = 0; j < p.columns; j++)
            p.cost[i * p.columns + j] = -benefit[turned ? j * columns + i : i * columns + j];
    for (Py_ssize_t i = 0; done && i < p.rows; i++) {
        Py_ssize_t sink = path(&p, i);
        done = sink >= 0 || (PyErr_SetString(PyExc_ValueError, "no assignment is possible"), false);
        if (done)
            augment(&p, i, sink);
    }
    if (done)
        memcpy(chosen, turned ? p.row_of : p.column_of, (size_t)rows * sizeof *chosen);
    PyMem_Free(p.cost);
    return done;
}
