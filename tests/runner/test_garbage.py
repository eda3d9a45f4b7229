"""How Python collects garbage while inputs are drawn."""

import gc
import weakref

import pytest

from pytest_metamorphic_guard.runner.garbage import collecting_seldom


class Node:
    """A part of a circle."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_was_chosen_before_is_as_it_was_afterwards():
    gc.set_threshold(600, 9, 8)

    with pytest.raises(ZeroDivisionError), collecting_seldom():
        1 / 0  # noqa: B018

    assert gc.get_threshold() == (600, 9, 8)


@pytest.mark.parametrize("chosen", [(0, 10, 10), (700, 10, 0)])
def test_who_chose_otherwise_is_left_alone(chosen):
    gc.set_threshold(*chosen)

    with collecting_seldom() as collect_if_due:
        collect_if_due()
        assert gc.get_threshold() == chosen


def test_garbage_does_not_pile_up():
    alive = weakref.WeakSet()
    peak = 0
    old = [[] for _ in range(100_000)]
    gc.collect()

    with collecting_seldom() as collect_if_due:
        for _ in range(200):
            made = [Node() for _ in range(5_000)]
            # Old enough to be looked at only with all the others.
            gc.collect(1)
            gc.collect(1)
            alive.update(made[:1])
            del made
            collect_if_due()
            peak = max(peak, len(alive))

    assert 1 < peak < 150, len(old)
