"""Checks and losses of rows of predicted probabilities."""

from libc.math cimport NAN
from libc.stdint cimport int64_t


cdef extern from "_log_loss.h" nogil:
    ctypedef struct Reading:
        Py_ssize_t bad
        double losses

    Py_ssize_t first_bad_row(const double *proba, Py_ssize_t n_rows, Py_ssize_t n_columns,
                             double tolerance)
    Reading read_losses(const double *proba, const int64_t *codes, Py_ssize_t n_rows,
                        Py_ssize_t n_columns, double floor, double tolerance)


cdef inline const double *_first(const double[:, ::1] proba) noexcept nogil:
    return &proba[0, 0] if proba.shape[0] and proba.shape[1] else NULL


def find_bad_row(const double[:, ::1] proba, double tolerance):
    """Return the first row with a negative or NaN value or a sum that is not 1, or -1."""
    cdef Py_ssize_t bad
    with nogil:
        bad = first_bad_row(_first(proba), proba.shape[0], proba.shape[1], tolerance)
    return bad


def sum_losses(
    const double[:, ::1] proba, const int64_t[::1] codes, double floor, double tolerance
):
    """Return the first bad row or -1, and the sum of -log of the probabilities of the classes.

    Probabilities are divided by the sum of their row, and are at least ``floor``. They are multiplied as long as the product is far from
    underflow: a logarithm of many factors costs as much as that of one, and rounds less often than
    the sum of their logarithms.
    """
    cdef Reading found
    cdef const int64_t *own = &codes[0] if codes.shape[0] else NULL
    with nogil:
        found = read_losses(_first(proba), own, codes.shape[0], proba.shape[1], floor, tolerance)
    return found.bad, found.losses if found.bad < 0 else NAN
