#include "_clones.h"
#include <string.h>

/* The natural logarithm of a positive normal number, to one unit in the last place and without a
   branch, so that loops over it are vectorised. The series and its coefficients are those of fdlibm
   (log.c). Of zero it is finite, so that 0 log 0 is zero. */
static inline double log_of(double x) {
    const uint64_t half_root = 0x3fe6a09e667f3bcd; /* of 2: the mantissa lies around one */
    uint64_t bits, high;
    double mantissa, exponent;
    memcpy(&bits, &x, sizeof bits);
    bits += 0x3ff0000000000000 - half_root;
    high = (bits >> 52) | 0x4330000000000000; /* an integer as the last bits of 2**52 */
    bits = (bits & 0x000fffffffffffff) + half_root;
    memcpy(&mantissa, &bits, sizeof mantissa);
    memcpy(&exponent, &high, sizeof exponent);
    exponent -= 4503599627370496.0 + 1023.0;
    const double f = mantissa - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
    const double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01
                     + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01
                      + w * 1.531383769920937332e-01));
    const double square = 0.5 * f * f;
    return s * (square + odd + even) + exponent * 1.90821492927058770002e-10 - square + f
           + exponent * 6.93147180369123816490e-01;
}

/* Add to each gain what x log x of a cell gains if `signs` times `mass` joins it. */
CLONES static void add_gains(const double *restrict cells, const double *restrict terms,
                             const double *restrict signs, double mass, ptrdiff_t n,
                             double *restrict gains) {
    for (ptrdiff_t t = 0; t < n; t++) {
        const double cell = cells[t] + mass * signs[t];
        gains[t] += cell * log_of(cell) - terms[t];
    }
}

CLONES static void fill_terms(const double *restrict cells, ptrdiff_t n, double *restrict terms) {
    for (ptrdiff_t t = 0; t < n; t++)
        terms[t] = cells[t] * log_of(cells[t]);
}
