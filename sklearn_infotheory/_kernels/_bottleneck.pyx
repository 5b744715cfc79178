"""What mutual information gains or loses when rows join clusters, and when clusters merge.

With f(x) = x log x, I(T; Y) = sum f(p(t, y)) - sum f(p(t)) - sum f(p(y)): a row that joins a cluster
changes only the cells of the columns that the row has. ``cells`` holds p(y, t), one row per column
of X, padded by clusters that stay empty, so that the loop over clusters is a loop over full vectors.
"""

from libc.stdint cimport int32_t, int64_t


cdef extern from "_bottleneck.h" nogil:
    double log_of(double x)
    void add_gains(const double *cells, const double *terms, const double *signs, double mass,
                   Py_ssize_t n, double *gains)
    void fill_terms(const double *cells, Py_ssize_t n, double *terms)


cdef double _SLACK = 1e-12  # a smaller gain per unit of mass is rounding, and moves nothing
cdef double _NOTHING = 1e-9  # of what was subtracted: less is what rounding leaves of nothing


cdef struct Rows:
    const int64_t *starts
    const int32_t *columns
    const double *masses  # p(x, y)


cdef struct Clusters:
    Py_ssize_t n, width
    double *cells
    double *terms
    double *masses
    double *signs
    double *gains
    double relevance  # what a nat of sum f(p(t, y)) is worth
    double size  # what a nat of sum f(p(t)) costs


cdef inline double _term(double x) noexcept nogil:
    return x * log_of(x) if x > 0 else 0.0


cdef void _gains_of_row(
    Rows *rows, Py_ssize_t row, double mass, Clusters *clusters
) noexcept nogil:
    """Write what joining each cluster gains; where the sign is -1, what leaving it gains."""
    cdef Py_ssize_t t
    cdef int64_t i, at
    cdef double *gains = clusters.gains
    for t in range(clusters.width):
        gains[t] = 0
    for i in range(rows.starts[row], rows.starts[row + 1]):
        at = rows.columns[i] * clusters.width
        add_gains(clusters.cells + at, clusters.terms + at, clusters.signs, rows.masses[i],
                  clusters.width, gains)
    for t in range(clusters.n):
        gains[t] = clusters.relevance * gains[t] - clusters.size * (
            _term(clusters.masses[t] + clusters.signs[t] * mass) - _term(clusters.masses[t])
        )


cdef inline Py_ssize_t _best(const double *gains, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t t, best = 0
    for t in range(1, n):
        if gains[t] > gains[best]:
            best = t
    return best


cdef inline double _less(double cell, double mass) noexcept nogil:
    return cell - mass if cell - mass > _NOTHING * mass else 0.0


cdef void _move(
    Rows *rows, Py_ssize_t row, double mass, Py_ssize_t old, Py_ssize_t new, Clusters *clusters
) noexcept nogil:
    cdef int64_t i, at
    for i in range(rows.starts[row], rows.starts[row + 1]):
        at = rows.columns[i] * clusters.width
        clusters.cells[at + old] = _less(clusters.cells[at + old], rows.masses[i])
        clusters.cells[at + new] += rows.masses[i]
        clusters.terms[at + old] = _term(clusters.cells[at + old])
        clusters.terms[at + new] = _term(clusters.cells[at + new])
    clusters.masses[old] = _less(clusters.masses[old], mass)
    clusters.masses[new] += mass


cdef Clusters _as_clusters(
    double[:, ::1] cells, double[:, ::1] terms, double[::1] masses, double[:, ::1] room,
    double relevance, double size,
) noexcept nogil:
    cdef Clusters clusters
    cdef Py_ssize_t t
    clusters.n, clusters.width = masses.shape[0], cells.shape[1]
    clusters.cells, clusters.terms, clusters.masses = &cells[0, 0], &terms[0, 0], &masses[0]
    clusters.signs, clusters.gains = &room[0, 0], &room[1, 0]
    clusters.relevance, clusters.size = relevance, size
    for t in range(clusters.width):
        clusters.signs[t] = 1
    fill_terms(clusters.cells, cells.shape[0] * clusters.width, clusters.terms)
    return clusters


def reassign_rows(
    const int64_t[::1] starts, const int32_t[::1] columns, const double[::1] joint,
    const double[::1] row_masses, const int64_t[::1] order, int64_t[::1] labels,
    double[:, ::1] cells, double[:, ::1] terms, double[::1] masses, double[:, ::1] room,
    double relevance, double size,
):
    """Draw each row out of its cluster, in turn, and put it where the objective gains most.

    Parameters
    ----------
    starts, columns, joint : p(x, y) as compressed rows
    row_masses : ndarray of shape (n_rows,)
        p(x).
    order : ndarray of shape (n_drawn,)
        The rows to draw, each once.
    labels : ndarray of shape (n_rows,)
        The cluster of each row; changed in place.
    cells : ndarray of shape (n_columns, width)
        p(y, t); changed in place. ``width`` is at least the number of clusters.
    terms : ndarray like cells
        Room.
    masses : ndarray of shape (n_clusters,)
        p(t); changed in place.
    room : ndarray of shape (2, width)
        Room.
    relevance, size : float
        The objective is ``relevance`` sum f(p(t, y)) - ``size`` sum f(p(t)).

    Returns
    -------
    n_moves : int
    """
    cdef Rows rows
    cdef Clusters clusters
    cdef Py_ssize_t i, old, new, n_moves = 0
    cdef int64_t row
    if joint.shape[0] == 0 or order.shape[0] == 0:
        return 0
    rows.starts, rows.columns, rows.masses = &starts[0], &columns[0], &joint[0]
    with nogil:
        clusters = _as_clusters(cells, terms, masses, room, relevance, size)
        for i in range(order.shape[0]):
            row, old = order[i], labels[order[i]]
            clusters.signs[old] = -1
            _gains_of_row(&rows, row, row_masses[row], &clusters)
            clusters.signs[old] = 1
            clusters.gains[old] = -clusters.gains[old]
            new = _best(clusters.gains, clusters.n)
            if clusters.gains[new] - clusters.gains[old] > _SLACK * row_masses[row]:
                _move(&rows, row, row_masses[row], old, new, &clusters)
                labels[row] = new
                n_moves += 1
    return n_moves


def gains_of_joining(
    const int64_t[::1] starts, const int32_t[::1] columns, const double[::1] joint,
    const double[::1] row_masses, double[:, ::1] cells, double[:, ::1] terms,
    double[::1] masses, double[:, ::1] room, double relevance, double size,
    double[:, ::1] out,
):
    """Write what the objective gains if a new row joins each cluster, to ``out``."""
    cdef Rows rows
    cdef Clusters clusters
    cdef Py_ssize_t row, t
    rows.starts = &starts[0]
    rows.columns = &columns[0] if columns.shape[0] else NULL
    rows.masses = &joint[0] if joint.shape[0] else NULL
    with nogil:
        clusters = _as_clusters(cells, terms, masses, room, relevance, size)
        for row in range(row_masses.shape[0]):
            _gains_of_row(&rows, row, row_masses[row], &clusters)
            for t in range(clusters.n):
                out[row, t] = clusters.gains[t]


def losses_of_merging(
    const double[:, ::1] cells, const double[:, ::1] terms, const double[::1] masses,
    const int64_t[::1] clusters, Py_ssize_t merged, double relevance, double size,
    int32_t[::1] room, double[::1] out,
):
    """Write what the objective loses if cluster ``merged`` merges with each of ``clusters``.

    Here ``cells`` has one row per cluster. A column that only one of the two has keeps its terms.
    """
    cdef Py_ssize_t i, k, other, y, n_columns = 0
    cdef double loss
    with nogil:
        for y in range(cells.shape[1]):
            if cells[merged, y] > 0:
                room[n_columns] = <int32_t> y
                n_columns += 1
        for i in range(clusters.shape[0]):
            other, loss = clusters[i], 0
            for k in range(n_columns):
                y = room[k]
                if cells[other, y] > 0:
                    loss += terms[merged, y] + terms[other, y] - _term(
                        cells[merged, y] + cells[other, y]
                    )
            out[i] = relevance * loss - size * (
                _term(masses[merged]) + _term(masses[other]) - _term(masses[merged] + masses[other])
            )
