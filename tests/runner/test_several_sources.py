"""Relations with several sources: cases that share no input, where there are enough of them."""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.runner.sampling import draw_sample
from pytest_metamorphic_guard.runner.tuples import gather_sources
from pytest_metamorphic_guard.settings import Settings

NUMBERS = st.tuples(st.integers(0, 10**9))


def gather(inputs, sources, n, **options):
    """Return a task's sample and the cases of a relation with so many sources."""
    task = Task("t", inputs=inputs)
    task.relation(sources=sources, expect=lambda outs, out: True, name="r")(lambda *given: given[0])
    settings = Settings(n=n, **options)
    sample = draw_sample(task, settings)
    cases = gather_sources(task, task.entries[0], settings, sample)
    return list(sample), replace(cases, sources=list(cases.sources))


def test_drawn_cases_share_no_input_and_begin_with_the_inputs_of_the_sample():
    sample, cases = gather(NUMBERS, 3, 40)

    assert [sources[0] for sources in cases.sources] == sample
    used = Counter(source for sources in cases.sources for source in sources)
    # Hypothesis tries a few numbers, such as 0, more often than others.
    assert sum(number > 1 for number in used.values()) < 12
    assert cases.overlap == 1


def test_drawn_cases_are_the_same_for_the_same_seed():
    first, again, other = (gather(NUMBERS, 2, 20, seed=seed)[1].sources for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_generator_is_asked_for_enough_inputs():
    def inputs(n, seed):
        return [(i,) for i in range(n)]

    sample, cases = gather(inputs, 2, 30)

    assert sample == [(i,) for i in range(30)]
    assert len({source for sources in cases.sources for source in sources}) == 60
    assert cases.overlap == 1


def test_a_list_that_is_too_short_is_closed_to_a_ring_that_says_so():
    listed = [(i,) for i in range(30)]
    _, enough = gather(listed, 2, 15)
    sample, ring = gather(listed, 2, 16)

    assert len({source for sources in enough.sources for source in sources}) == 30
    assert enough.overlap == 1
    assert ring.sources == [(sample[i], sample[(i + 1) % 16]) for i in range(16)]
    assert ring.overlap == 2
