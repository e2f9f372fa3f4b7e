"""Shapes: 0-d, length 1, empty, broadcast, transposed, strided, three-dimensional, and views of all these.

An answer in another shape than x is as wrong as one with other numbers.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

TABLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
CUBE = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.7, 0.8]]]


def helix(t):
    return np.array([np.cos(t), np.sin(t), t])


def helix_slope(t):
    return np.array([-np.sin(t), np.cos(t), 1.0])


def outer_with_itself(t):
    v = np.array([1.0, 2.0]) * t
    return np.outer(v, v)


def rotation(t):
    return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


def rotation_slope(t):
    return np.array([[-np.sin(t), -np.cos(t)], [np.cos(t), -np.sin(t)]])


def row_plus_column(x):
    return np.sum((x[None, :] + x[:, None]) ** 2)


def each_row_by_its_weight(x):
    return np.sum(x * np.array([[1.0], [10.0]]))


def pairwise_distances(x):
    return np.sum((x[:, None, :] - x[None, :, :]) ** 2)


def sum_of_the_transpose(x):
    return np.sum(x.T @ np.array([1.0, -1.0]))


def every_second_backwards(x):
    return np.sum(x[::-2] * np.array([1.0, 2.0, 3.0]))


def corner(x):
    return x[0, -1] * x[-1, 0]


def diagonal_view(x):
    return np.sum(np.diagonal(x) ** 2)


def trace_of_the_last_two(x):
    return np.sum(np.trace(x, axis1=1, axis2=2) * np.array([1.0, 3.0]))


def flattened_in_fortran_order(x):
    return np.sum(x.flatten(order="F") * np.arange(6.0))


def one_number_in_three_brackets(x):
    return np.sum(x**2)[None, None, None]


def batched(x):
    return np.sum(x @ np.transpose(x, (0, 2, 1)))


def ones_everywhere(x):
    return np.ones_like(x) * x + np.zeros(x.shape)


SCENARIOS = (
    # x of no dimension, of one entry, of none ---------------------------------------------------------
    Scenario("0-d to 0-d", lambda x: np.reshape(x, (1,))[0] ** 2, 3.0, closed_form=lambda x: 6.0),
    Scenario("gradient by a 0-d x", lambda x: np.exp(x), 0.5, "gradient", closed_form=np.exp),
    Scenario("length 1, elementwise", np.sin, [0.5], closed_form=np.cos),
    Scenario("length 1, gradient", lambda x: np.sum(x**3), [2.0], "gradient", closed_form=lambda x: 3 * x**2),
    Scenario("length 1, an entry", lambda x: x[0] ** 2, [4.0], "gradient", closed_form=lambda x: 2 * x),
    Scenario("one by one by one", lambda x: x**2, [[[3.0]]], closed_form=lambda x: 2 * x),
    Scenario("one by one by one, gradient with its brackets", one_number_in_three_brackets, [1.0, 2.0],
             "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("empty, elementwise", np.exp, np.zeros(0), special="no points", closed_form=np.exp),
    Scenario("empty, summed", lambda x: np.sum(x**2), np.zeros(0), "gradient", special="no variables",
             closed_form=lambda x: 2 * x),
    Scenario("empty product", lambda x: np.prod(x), np.zeros(0), "gradient", special="no variables",
             closed_form=lambda x: np.zeros(0)),
    Scenario("empty table", lambda x: np.sin(x) + 1, np.zeros((2, 0)), special="no points",
             closed_form=np.cos),
    Scenario("empty slice of x", lambda x: np.sum(x[3:]) + np.sum(x), [1.0, 2.0, 3.0], "gradient",
             special="an empty part", closed_form=lambda x: np.ones(3)),
    # Curves in space ----------------------------------------------------------------------------------
    Scenario("helix", helix, 0.7, closed_form=helix_slope),
    Scenario("rotation matrix by its angle", rotation, 0.3, closed_form=rotation_slope),
    Scenario("outer product by a scalar", outer_with_itself, 1.5,
             closed_form=lambda t: 2 * t * np.array([[1.0, 2.0], [2.0, 4.0]])),
    Scenario("one number as a row", lambda t: np.array([t**2]), 1.5, closed_form=lambda t: np.array([2 * t])),
    Scenario("powers of a number", lambda t: t ** np.arange(4), 2.0, special="the exponent 0 among them",
             closed_form=lambda t: np.array([0.0, 1.0, 2 * t, 3 * t**2])),
    Scenario("curve with a fixed entry", lambda t: np.array([t, 2.0, t * t]), 3.0,
             closed_form=lambda t: np.array([1.0, 0.0, 2 * t])),
    Scenario("curve by linspace", lambda t: np.linspace(0, t, 4), 3.0,
             closed_form=lambda t: np.array([0.0, 1 / 3, 2 / 3, 1.0])),
    Scenario("curve of no points", lambda t: t * np.zeros(0), 1.0, special="f(x) is empty",
             closed_form=lambda t: np.zeros(0)),
    # Tables and cubes ---------------------------------------------------------------------------------
    Scenario("elementwise over a table", lambda x: np.tanh(x) * x, TABLE,
             closed_form=lambda x: np.tanh(x) + x / np.cosh(x) ** 2),
    Scenario("elementwise over a cube", np.cos, CUBE, closed_form=lambda x: -np.sin(x)),
    Scenario("elementwise through its transpose", lambda x: np.exp(x.T).T, TABLE, closed_form=np.exp),
    Scenario("elementwise through a flat view", lambda x: (x.ravel() ** 2).reshape(x.shape), TABLE,
             closed_form=lambda x: 2 * x),
    Scenario("elementwise with weights broadcast", lambda x: x**2 * np.array([1.0, 2.0, 3.0]), TABLE,
             closed_form=lambda x: 2 * x * np.array([1.0, 2.0, 3.0])),
    Scenario("fresh arrays in the shape of x", ones_everywhere, TABLE, closed_form=np.ones_like),
    Scenario("transposed x", lambda x: x**2, np.array(TABLE).T, special="not contiguous",
             closed_form=lambda x: 2 * x),
    Scenario("strided x", np.sqrt, np.arange(1.0, 13.0)[::3], special="not contiguous",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("reversed x", lambda x: np.sum(x * np.arange(3.0)), np.array([3.0, 2.0, 1.0])[::-1], "gradient",
             special="a negative stride", closed_form=lambda x: np.arange(3.0)),
    Scenario("x broadcast from one number", lambda x: np.sum(x**2), np.broadcast_to(2.0, (2, 2)), "gradient",
             special="all entries share their memory", closed_form=lambda x: 2 * x),
    Scenario("x in Fortran's order", lambda x: np.sum(x * np.array(TABLE)), np.asfortranarray(TABLE),
             "gradient",
             closed_form=lambda x: np.array(TABLE)),
    # Broadcasting inside f ----------------------------------------------------------------------------
    Scenario("row plus column", row_plus_column, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: 4 * (3 * x + np.sum(x))),
    Scenario("weights by a column", each_row_by_its_weight, TABLE, "gradient",
             closed_form=lambda x: np.array([[1.0] * 3, [10.0] * 3])),
    Scenario("pairwise squared distances", pairwise_distances, [[0.0, 1.0], [2.0, 3.0], [5.0, -1.0]],
             "gradient",
             closed_form=lambda x: 4 * (3 * x - np.sum(x, axis=0))),
    Scenario("a number against a table", lambda t: np.sum(t * np.array(TABLE)), 2.0,
             closed_form=lambda t: 21.0),
    Scenario("stretched by broadcast_to", lambda x: np.sum(np.broadcast_to(x, (4, 2)) ** 2), [1.0, 2.0],
             "gradient",
             closed_form=lambda x: 8 * x),
    Scenario("stretched twice", lambda x: np.sum((x[:, None] * np.ones((1, 3))) * np.arange(3.0)), [1.0, 2.0],
             "gradient", closed_form=lambda x: np.full(2, 3.0)),
    # Views and parts ----------------------------------------------------------------------------------
    Scenario("times a vector after transposing", sum_of_the_transpose, TABLE, "gradient",
             closed_form=lambda x: np.array([[1.0] * 3, [-1.0] * 3])),
    Scenario("every second, backwards", every_second_backwards, [1.0, 2.0, 3.0, 4.0, 5.0], "gradient",
             closed_form=lambda x: np.array([3.0, 0.0, 2.0, 0.0, 1.0])),
    Scenario("opposite corners", corner, TABLE, "gradient",
             closed_form=lambda x: np.array([[0.0, 0.0, 4.0], [3.0, 0.0, 0.0]])),
    Scenario("diagonal", diagonal_view, [[1.0, 2.0], [3.0, 4.0]], "gradient",
             closed_form=lambda x: np.array([[2.0, 0.0], [0.0, 8.0]])),
    Scenario("traces of a stack", trace_of_the_last_two, CUBE, "gradient",
             closed_form=lambda x: np.eye(2) * np.array([1.0, 3.0])[:, None, None]),
    Scenario("flat in Fortran's order", flattened_in_fortran_order, TABLE, "gradient",
             closed_form=lambda x: np.arange(6.0).reshape(3, 2).T),
    Scenario("stack of matrix products", batched, CUBE, "gradient"),
    Scenario("axes swapped and moved", lambda x: np.sum(np.moveaxis(np.swapaxes(x, 0, 2), 1, 0)[0] ** 2), CUBE,
             "gradient"),
    Scenario("axes added and taken away", lambda x: np.sum(np.squeeze(np.expand_dims(x, (0, 2))) ** 2), [1.0, 2.0],
             "gradient", closed_form=lambda x: 2 * x),
    Scenario("ellipsis in the middle", lambda x: np.sum(x[0, ..., 1]), CUBE, "gradient",
             closed_form=lambda x: np.array([[[0.0, 1.0]] * 2, [[0.0, 0.0]] * 2])),
    Scenario("iteration over rows", lambda x: sum(np.sum(row) * k for k, row in enumerate(x)), TABLE,
             "gradient",
             closed_form=lambda x: np.array([[0.0] * 3, [1.0] * 3])),
    Scenario("unpacked entries", lambda x: (lambda a, b, c: a * b - c**2)(*x), [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([2.0, 1.0, -6.0])),
)  # fmt: skip
