#include "_clones.h"
#include <math.h>

#define LANES 32

static inline double lesser(double a, double b) { return b < a ? b : a; }

/* The least of a[j] + b[j]: four at a time, or that of every 32nd in lanes, so that no minimum
   waits for the one before. */
CLONES static double least_sum(const double *restrict a, const double *restrict b, ptrdiff_t n) {
    double least[LANES];
    if (n < LANES) {
        double p = (double)INFINITY, q = p, r = p, s = p;
        ptrdiff_t j = 0;
        for (; j + 4 <= n; j += 4) {
            p = lesser(p, a[j] + b[j]);
            q = lesser(q, a[j + 1] + b[j + 1]);
            r = lesser(r, a[j + 2] + b[j + 2]);
            s = lesser(s, a[j + 3] + b[j + 3]);
        }
        for (; j < n; j++) p = lesser(p, a[j] + b[j]);
        return lesser(lesser(p, q), lesser(r, s));
    }
    for (int k = 0; k < LANES; k++) least[k] = (double)INFINITY;
    for (ptrdiff_t j = 0; j < n; j += LANES) {
        ptrdiff_t width = n - j < LANES ? n - j : LANES;
        for (ptrdiff_t k = 0; k < width; k++) least[k] = lesser(least[k], a[j + k] + b[j + k]);
    }
    for (int half = LANES / 2; half; half /= 2)
        for (int k = 0; k < half; k++) least[k] = lesser(least[k], least[k + half]);
    return least[0];
}
