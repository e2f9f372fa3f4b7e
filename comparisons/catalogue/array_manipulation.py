"""Array manipulation: joining, splitting, rolling, repeating, indexing, writing, padding, sorting, differences.

No arithmetic to speak of; what can go wrong is which number went where.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

FOUR = [1.0, 2.0, 3.0, 4.0]
TABLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
W4 = np.array([1.0, 10.0, 100.0, 1000.0])
W6 = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])


def joined(x):
    return np.sum(np.concatenate([x[2:], x[:2], x]) * np.arange(8.0))


def stacked(x):
    return np.sum(np.stack([x, x**2], axis=1) * np.array([1.0, 3.0]))


def columns(x):
    return np.sum(np.column_stack([x, np.ones(4), x[::-1]]) @ np.array([1.0, 5.0, 2.0]) * W4)


def block(x):
    return np.sum(np.block([[x[0] * np.eye(2), np.zeros((2, 1))], [np.ones((1, 2)), x[1]]]) ** 2)


def split_and_swapped(x):
    a, b = np.split(x, 2)
    return np.sum(np.hstack([b, a]) * W4)


def uneven_parts(x):
    return sum(np.prod(part) for part in np.array_split(x, 3))


def rolled(x):
    return np.sum(np.roll(x, 1) * x)


def rolled_table(x):
    return np.sum(np.roll(x, (1, -1), axis=(0, 1)) * W6)


def repeated(x):
    return np.sum(np.repeat(x, [1, 0, 2, 1]) * np.arange(4.0))


def rotated(x):
    return np.sum(np.rot90(x).ravel() * np.arange(6.0))


def gathered_twice(x):
    return np.sum(x[[0, 0, 3, 1, 0]] * np.arange(5.0))


def mesh(x):
    a, b = np.meshgrid(x, x)
    return np.sum(a * b**2)


def open_mesh(x):
    return np.sum(x[np.ix_([0, 1], [2, 0])] * np.array([[1.0, 2.0], [3.0, 4.0]]))


def taken_along(x):
    return np.sum(np.take_along_axis(x, np.array([[2, 0, 0], [1, 1, 2]]), axis=1) * W6)


def written_slice(x):
    y = np.zeros(6) + 0 * x[0]
    y[1:5] = x
    y[::2] *= 2
    return np.sum(y**2)


def written_twice(x):
    y = x.copy()
    y[0] = y[1] * y[2]
    y[0] = y[0] + y[3]
    return y[0] * y[1]


def written_by_mask(x):
    y = x.copy()
    y[y > 2.5] = 0.0
    return np.sum(y * W4)


def written_by_positions(x):
    y = np.zeros_like(x)
    y[[3, 0]] = x[:2] ** 2
    return np.sum(y * W4)


def written_twice_at_once(x):
    y = np.zeros_like(x)
    y[[2, 0, 2, 0]] = x**2
    return np.sum(y * W4)


def swapped_in_place(x):
    y = x.copy()
    y[0], y[3] = y[3], y[0]
    return np.sum(y * W4)


def accumulated_in_place(x):
    y = x.copy()
    for k in range(1, len(y)):
        y[k] += y[k - 1]
    return np.sum(y**2)


def two_views_of_one_array(x):
    y = x.copy()
    view = y[1:3]
    view *= 10
    return np.sum(y * W4)


def filled_by_a_loop(x):
    y = np.array([x[k] * x[3 - k] for k in range(4)])
    return np.sum(y * W4)


def appended(x):
    out = []
    for value in x:
        out.append(value**2)
        out.append(value)
    return np.sum(np.array(out) * np.arange(8.0))


def convolved(x):
    return np.sum(np.convolve(x, [1.0, -2.0, 1.0]) ** 2)


def second_differences(x):
    return np.sum(np.diff(x, n=2) ** 2)


def central_differences(x):
    return np.sum(np.gradient(x) * W4)


def trapezoids(x):
    return np.trapezoid(x**2, [0.0, 1.0, 3.0, 4.0])


def autocorrelation(x):
    return np.sum(np.correlate(x, x, mode="full") * np.arange(7.0))


def cumulated_backwards(x):
    return np.sum(np.cumsum(x[::-1])[::-1] * W4)


def upper_triangle(x):
    return np.sum(np.triu(np.outer(x, x), 1))


def from_the_triangle(x):
    m = np.zeros((3, 3)) + 0 * x[0]
    m[np.triu_indices(3, 1)] = x[:3]
    return np.sum((m - m.T) @ np.array([1.0, 2.0, 3.0]) * np.array([1.0, 1.0, 5.0]))


def diagonal_matrix(x):
    return np.sum(np.diag(x) @ np.outer(W4, np.ones(4)))


def off_diagonals(x):
    return np.sum(np.diag(x[:3], k=1) + np.diag(x[1:], k=-1)) + np.sum(np.diag(np.diag(x)))


def padded_edges(x):
    return np.sum(np.pad(x, 2, mode="edge") ** 2)


def padded_by_reflection(x):
    return np.sum(np.pad(x, (2, 1), mode="reflect") * np.arange(7.0))


def padded_around(x):
    return np.sum(np.pad(x, 1, mode="wrap") * np.arange(6.0))


def sorted_by_another(x):
    return np.sum(x[np.argsort([3.0, 1.0, 2.0, 0.0])] * W4)


def sorted_pairs(x):
    order = np.argsort(x[:, 0])
    return np.sum(x[order] * np.arange(4.0).reshape(2, 2))


def unique_sum(x):
    return np.sum(np.unique(x))


def histogram_weighted(x):
    return np.bincount([0, 1, 1, 0], weights=x) @ np.array([1.0, 3.0])


def scattered(x):
    y = np.zeros(3) + 0 * x[0]
    np.add.at(y, [0, 2, 2, 1], x)
    return np.sum(y**2)


def deleted(x):
    return np.sum(np.delete(x, 1) ** 2)


def inserted(x):
    return np.sum(np.insert(x, 1, x[3]) * np.arange(5.0))


SCENARIOS = (
    # Joining and splitting ----------------------------------------------------------------------------
    Scenario("concatenate", joined, FOUR, "gradient", closed_form=lambda x: np.array([6.0, 8.0, 6.0, 8.0])),
    Scenario("stack", stacked, FOUR, "gradient", closed_form=lambda x: 1 + 6 * x),
    Scenario("column_stack", columns, FOUR, "gradient",
             closed_form=lambda x: W4 + 2 * W4[::-1]),
    Scenario("block matrix", block, [2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([4 * x[0], 2 * x[1]])),
    Scenario("split and swapped", split_and_swapped, FOUR, "gradient",
             closed_form=lambda x: np.array([100.0, 1000.0, 1.0, 10.0])),
    Scenario("uneven split", uneven_parts, FOUR, "gradient",
             closed_form=lambda x: np.array([2.0, 1.0, 1.0, 1.0])),
    Scenario("append and insert", inserted, FOUR, "gradient",
             closed_form=lambda x: np.array([0.0, 2.0, 3.0, 5.0])),
    Scenario("delete", deleted, FOUR, "gradient",
             closed_form=lambda x: 2 * x * np.array([1.0, 0.0, 1.0, 1.0])),
    # Moving about -------------------------------------------------------------------------------------
    Scenario("roll", rolled, FOUR, "gradient", closed_form=lambda x: np.roll(x, 1) + np.roll(x, -1)),
    Scenario("roll along two axes", rolled_table, TABLE, "gradient",
             closed_form=lambda x: np.roll(W6, (-1, 1), axis=(0, 1))),
    Scenario("flip", lambda x: np.sum(np.flip(x) * W4), FOUR, "gradient", closed_form=lambda x: W4[::-1]),
    Scenario("flip left to right", lambda x: np.sum(np.fliplr(x) * W6), TABLE, "gradient",
             closed_form=lambda x: W6[:, ::-1]),
    Scenario("quarter turn", rotated, TABLE, "gradient",
             closed_form=lambda x: np.rot90(np.arange(6.0).reshape(3, 2), -1)),
    Scenario("repeat by counts", repeated, FOUR, "gradient", special="one entry is not repeated at all",
             closed_form=lambda x: np.array([0.0, 0.0, 3.0, 3.0])),
    Scenario("tile", lambda x: np.sum(np.tile(x, (2, 2)) ** 2), [1.0, 2.0], "gradient",
             closed_form=lambda x: 8 * x),
    Scenario("meshgrid", mesh, [1.0, 2.0], "gradient",
             closed_form=lambda x: np.sum(x**2) + 2 * x * np.sum(x)),
    # Taking -------------------------------------------------------------------------------------------
    Scenario("one entry taken three times", gathered_twice, FOUR, "gradient",
             closed_form=lambda x: np.array([5.0, 3.0, 0.0, 2.0])),
    Scenario("negative positions", lambda x: x[-1] * x[-4], FOUR, "gradient",
             closed_form=lambda x: np.array([4.0, 0.0, 0.0, 1.0])),
    Scenario("open mesh of positions", open_mesh, TABLE, "gradient",
             closed_form=lambda x: np.array([[2.0, 0.0, 1.0], [4.0, 0.0, 3.0]])),
    Scenario("take along an axis", taken_along, TABLE, "gradient",
             closed_form=lambda x: np.array([[6.0, 0.0, 1.0], [0.0, 24.0, 32.0]])),
    Scenario("take with wrapping", lambda x: np.sum(np.take(x, [5, -1], mode="wrap") * np.array([1.0, 2.0])), FOUR,
             "gradient", closed_form=lambda x: np.array([0.0, 1.0, 0.0, 2.0])),
    Scenario("choose", lambda x: np.sum(np.choose([0, 1, 1, 0], [x, 10 * x])), FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 10.0, 10.0, 1.0])),
    Scenario("boolean mask", lambda x: np.sum(x[x > 1.5] ** 2), FOUR, "gradient",
             closed_form=lambda x: np.array([0.0, 4.0, 6.0, 8.0])),
    Scenario("compress", lambda x: np.sum(np.compress([True, False, True, False], x) ** 2), FOUR, "gradient",
             closed_form=lambda x: np.array([2.0, 0.0, 6.0, 0.0])),
    # Writing ------------------------------------------------------------------------------------------
    Scenario("written into a slice", written_slice, FOUR, "gradient",
             closed_form=lambda x: np.array([2.0, 16.0, 6.0, 32.0])),
    Scenario("written twice", written_twice, FOUR, "gradient",
             closed_form=lambda x: np.array([0.0, 16.0, 4.0, 2.0])),
    Scenario("written by a mask", written_by_mask, FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 10.0, 0.0, 0.0])),
    Scenario("written by positions", written_by_positions, FOUR, "gradient",
             closed_form=lambda x: np.array([2000.0, 4.0, 0.0, 0.0])),
    Scenario("written twice at once", written_twice_at_once, FOUR, "gradient",
             special="several values for one entry: NumPy keeps the last",
             closed_form=lambda x: np.array([0.0, 0.0, 600.0, 8.0])),
    Scenario("swapped in place", swapped_in_place, FOUR, "gradient",
             closed_form=lambda x: np.array([1000.0, 10.0, 100.0, 1.0])),
    Scenario("running sum in place", accumulated_in_place, FOUR, "gradient",
             closed_form=lambda x: np.array([40.0, 38.0, 32.0, 20.0])),
    Scenario("written through a view", two_views_of_one_array, FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 100.0, 1000.0, 1000.0])),
    Scenario("built by a comprehension", filled_by_a_loop, FOUR, "gradient"),
    Scenario("built by appending", appended, FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 11.0, 29.0, 55.0])),
    Scenario("added at positions", scattered, FOUR, "gradient", special="one position twice",
             closed_form=lambda x: np.array([2.0, 10.0, 10.0, 8.0])),
    # Differences and sums -----------------------------------------------------------------------------
    Scenario("second differences", second_differences, [1.0, 4.0, 2.0, 8.0], "gradient",
             closed_form=lambda x: np.array([-10.0, 36.0, -42.0, 16.0])),
    Scenario("central differences", central_differences, FOUR, "gradient",
             closed_form=lambda x: np.array([-6.0, -49.0, -995.0, 1050.0])),
    Scenario("trapezoids over uneven steps", trapezoids, FOUR, "gradient",
             closed_form=lambda x: x * np.array([1.0, 3.0, 3.0, 1.0])),
    Scenario("convolution", convolved, FOUR, "gradient"),
    Scenario("autocorrelation", autocorrelation, FOUR, "gradient", closed_form=lambda x: np.full(4, 60.0)),
    Scenario("running sum backwards", cumulated_backwards, FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 11.0, 111.0, 1111.0])),
    # Triangles and diagonals --------------------------------------------------------------------------
    Scenario("upper triangle", upper_triangle, FOUR, "gradient", closed_form=lambda x: np.sum(x) - x),
    Scenario("filled triangle", from_the_triangle, FOUR, "gradient"),
    Scenario("diagonal matrix", diagonal_matrix, FOUR, "gradient", closed_form=lambda x: 4 * W4),
    Scenario("off-diagonals", off_diagonals, FOUR, "gradient",
             closed_form=lambda x: np.array([2.0, 3.0, 3.0, 2.0])),
    # Padding ------------------------------------------------------------------------------------------
    Scenario("padded by edges", padded_edges, FOUR, "gradient",
             closed_form=lambda x: 2 * x * np.array([3.0, 1, 1, 3])),
    Scenario("padded by reflection", padded_by_reflection, FOUR, "gradient",
             closed_form=lambda x: np.array([2.0, 4.0, 10.0, 5.0])),
    Scenario("padded around", padded_around, FOUR, "gradient",
             closed_form=lambda x: np.array([6.0, 2.0, 3.0, 4.0])),
    # Order --------------------------------------------------------------------------------------------
    Scenario("ordered by another array", sorted_by_another, FOUR, "gradient",
             closed_form=lambda x: np.array([1000.0, 10.0, 100.0, 1.0])),
    Scenario("rows ordered by their first entry", sorted_pairs, [[5.0, 1.0], [2.0, 3.0]], "gradient",
             closed_form=lambda x: np.array([[2.0, 3.0], [0.0, 1.0]])),
    Scenario("unique entries", unique_sum, [3.0, 1.0, 2.0], "gradient", closed_form=lambda x: np.ones(3)),
    Scenario("weighted counts", histogram_weighted, FOUR, "gradient",
             closed_form=lambda x: np.array([1.0, 3.0, 3.0, 1.0])),
)  # fmt: skip
