"""What must hold for the solution of three linear equations."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, equivariant, homogeneous, invariant

three = st.lists(st.integers(-2, 2), min_size=3, max_size=3)
# Large on the diagonal, so that there is one solution.
matrix = st.lists(three, min_size=3, max_size=3).map(
    lambda rows: [[x + 5 * (i == j) for j, x in enumerate(r)] for i, r in enumerate(rows)]
)
linear_systems = Task(
    "linear_systems", inputs=st.tuples(matrix, three), equivalence=approx(rel=1e-6, abs=1e-9)
)


def equations_reordered(rows, right):
    return [rows[2], rows[0], rows[1]], [right[2], right[0], right[1]]


def unknowns_reordered(rows, right):
    return [row[::-1] for row in rows], right


def in_reverse(solution):
    return solution[::-1]


def equation_doubled(rows, right):
    return [[2 * x for x in rows[0]], *rows[1:]], [2 * right[0], *right[1:]]


linear_systems.add(
    invariant(equations_reordered),
    equivariant(unknowns_reordered, in_reverse),
    invariant(equation_doubled),
    homogeneous(3, argument=1),
)
