"""Standard errors of information from counts."""

import numpy as np
import pytest

from sklearn_infotheory._tables import FeatureTables
from sklearn_infotheory.estimation._standard_errors import mutual_information_standard_errors


def end_to_end(tables):
    """Lay tables (x, y) end to end as (y, x)."""
    n_levels = np.array([len(table) for table in tables])
    sizes = n_levels * tables[0].shape[1]
    counts = np.concatenate([table.T.ravel() for table in tables]).astype(float)
    return FeatureTables(counts, np.cumsum(sizes) - sizes, n_levels, tables[0].shape[1])


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_standard_errors_by_the_delta_method(scale):
    """The standard deviation of ln p(x,y) / (p(x) p(y)) over the samples, over the root of n."""
    rng = np.random.default_rng(0)
    shares = [[0.2, 0.8], [1.0], [0.1, 0.0, 0.4, 0.5], [0.6, 0.4]]
    tables = [np.stack([rng.multinomial(n, p) for n in [30, 0, 12, 18]], axis=1) for p in shares]
    found = mutual_information_standard_errors(
        end_to_end([scale * table for table in tables]), scale * tables[0].sum(axis=0)
    )
    for table, error in zip(tables, found, strict=True):
        x, y = (np.repeat(axis.ravel(), table.ravel()) for axis in np.indices(table.shape))
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / 60
        pointwise = np.log(table[x, y] / expected[x, y])
        assert error == pytest.approx(pointwise.std() / np.sqrt(scale * 60), abs=1e-9)


def test_many_tables_take_several_rounds():
    table = np.random.default_rng(0).poisson(0.5, (20, 20))
    columns = table.sum(axis=0)
    alone = mutual_information_standard_errors(end_to_end([table]), columns)
    many = mutual_information_standard_errors(end_to_end([table] * 1000), columns)
    np.testing.assert_array_equal(many, np.repeat(alone, 1000))
