#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SMALL 1e-100 /* two factors of this size do not underflow */

/* What is read of rows: the first that is no distribution, or -1, and the sum of the losses. */
typedef struct {
    ptrdiff_t bad;
    double losses;
} Reading;

/* Sum 8 numbers, 16, 24, ... in eight parts, which are added up in one order on every machine, two
   at once, as any 64-bit processor can. ``signs`` is not below 0 only if none of them is. */
#if defined(__GNUC__)
typedef double Pair __attribute__((vector_size(16)));
typedef int64_t Bits __attribute__((vector_size(16)));

static inline double sum_by_eights(const double *x, ptrdiff_t n, int64_t *signs) {
    Pair sum[4] = {{0.0}}, p, q;
    Bits bits = {0};
    ptrdiff_t j = 0;
    for (; j + 16 <= n; j += 16)
        for (int k = 0; k < 4; k++) {
            memcpy(&p, x + j + 2 * k, sizeof p);
            memcpy(&q, x + j + 2 * k + 8, sizeof q);
            sum[k] += p + q;
            bits |= (Bits)p | (Bits)q;
        }
    if (j < n)
        for (int k = 0; k < 4; k++) {
            memcpy(&p, x + j + 2 * k, sizeof p);
            sum[k] += p;
            bits |= (Bits)p;
        }
    sum[0] = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    *signs = bits[0] | bits[1];
    return sum[0][0] + sum[0][1];
}
#else
static inline double sum_by_eights(const double *x, ptrdiff_t n, int64_t *signs) {
    double sum[8] = {0.0};
    ptrdiff_t j = 0;
    for (; j + 16 <= n; j += 16)
        for (int k = 0; k < 8; k++) sum[k] += x[j + k] + x[j + k + 8];
    if (j < n)
        for (int k = 0; k < 8; k++) sum[k] += x[j + k];
    for (int half = 4; half; half /= 2)
        for (int k = 0; k < half; k++) sum[k] += sum[k + half];
    *signs = -1; /* they were not looked at */
    return sum[0];
}
#endif

static inline int any_negative(const double *x, ptrdiff_t n) {
    for (ptrdiff_t j = 0; j < n; j++)
        if (x[j] < 0.0) return 1;
    return 0;
}

/* Whether no number is negative, and they sum to 1; NaN and infinity do not. ``sum`` is the sum. */
static inline int is_distribution(const double *row, ptrdiff_t n, double tolerance, double *sum) {
    ptrdiff_t by_eights = n - n % 8;
    double total = 0.0, rest = 0.0, least = 0.0;
    if (by_eights) {
        int64_t signs;
        total = sum_by_eights(row, by_eights, &signs);
        if (signs < 0 && any_negative(row, by_eights)) return 0;
    }
    for (ptrdiff_t j = by_eights; j < n; j++) {
        rest += row[j];
        least = least < row[j] ? least : row[j];
    }
    *sum = total + rest;
    return least >= 0.0 && fabs(*sum - 1.0) <= tolerance;
}

static ptrdiff_t first_bad_row(const double *proba, ptrdiff_t n_rows, ptrdiff_t n_columns,
                               double tolerance) {
    double sum = 1.0;
    for (ptrdiff_t i = 0; i < n_rows; i++)
        if (!is_distribution(proba + i * n_columns, n_columns, tolerance, &sum)) return i;
    return -1;
}

static Reading read_losses(const double *proba, const int64_t *codes, ptrdiff_t n_rows,
                           ptrdiff_t n_columns, double floor, double tolerance) {
    Reading found = {-1, 0.0};
    double product = 1.0;
    for (ptrdiff_t i = 0; i < n_rows; i++, proba += n_columns) {
        double p, sum = 1.0;
        if (!is_distribution(proba, n_columns, tolerance, &sum)) {
            found.bad = i;
            return found;
        }
        p = proba[codes[i]] / sum; /* what rounding took from the sum, or added, is no loss */
        p = p < floor ? floor : p;
        p = p > 1.0 ? 1.0 : p;
        if (p < SMALL) {
            found.losses += p > 0.0 ? -log(p) : (double)INFINITY;
            continue;
        }
        product *= p;
        if (product < SMALL) {
            found.losses -= log(product);
            product = 1.0;
        }
    }
    found.losses -= log(product);
    return found;
}
