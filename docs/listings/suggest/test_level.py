"""Relations that pytest --mg-suggest found in old.py:level.

They held on every input that was tried. Whether they must hold is for you to
say: take out what only happens to be so.
"""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, catalogue

# Inputs from the type hints.
task = Task(
    "level",
    {"readings": st.lists(st.floats(-100, 100, width=16), max_size=8)},
    function="level",
    equivalence=approx(rel=1e-9, abs=1e-9),
)

# Held on 558 inputs, so that at most 0.54 % violate it (95 %); unrelated
# outputs satisfy it in 1 %. Notices 10 of 18 mutants, 10 of them first.
task.add(catalogue.numbers.odd())


# Held on 559 inputs, so that at most 0.54 % violate it (95 %); unrelated
# outputs satisfy it in 55 %. Notices 9 of 18 mutants, 2 of them first.
@task.property
def between_readings(output, readings):
    """The output is between the smallest and the largest of readings."""
    return not readings or min(readings) <= output <= max(readings)


# Held on 392 inputs, so that at most 0.77 % violate it (95 %); unrelated
# outputs satisfy it in 3 %. Notices 8 of 18 mutants, 1 of them first.
task.add(catalogue.sequences.order_free())
