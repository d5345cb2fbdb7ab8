/* 2 x 2 matrices, in the order of operations of perception/algebra.py. */

#ifndef KERNEL_ALGEBRA_H
#define KERNEL_ALGEBRA_H

#include <stddef.h>

struct matrix {
    double at[2][2];
};

/* The matrix of number k among n, of arrays (height, height, n), at a row and a column. */
static inline struct matrix block(const double *all, size_t height, size_t row, size_t column, size_t n, size_t k)
{
    const double *first = all + (row * height + column) * n + k;
    return (struct matrix){{{first[0], first[n]}, {first[height * n], first[(height + 1) * n]}}};
}

static inline struct matrix times(struct matrix a, struct matrix b)
{
    struct matrix c;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            c.at[i][j] = a.at[i][0] * b.at[0][j] + a.at[i][1] * b.at[1][j];
    return c;
}

static inline double determinant(struct matrix a)
{
    return a.at[0][0] * a.at[1][1] - a.at[0][1] * a.at[1][0];
}

static inline struct matrix adjugate(struct matrix a)
{
    return (struct matrix){{{a.at[1][1], -a.at[0][1]}, {-a.at[1][0], a.at[0][0]}}};
}

static inline double form(struct matrix a, const double v[2])
{
    double first = (a.at[0][0] * v[0] + a.at[0][1] * v[1]) * v[0];
    return first + (a.at[1][0] * v[0] + a.at[1][1] * v[1]) * v[1];
}

/* 1 + factor a */
static inline struct matrix unit_and(double factor, struct matrix a)
{
    return (struct matrix){{{1.0 + factor * a.at[0][0], 0.0 + factor * a.at[0][1]},
                            {0.0 + factor * a.at[1][0], 1.0 + factor * a.at[1][1]}}};
}

#endif
