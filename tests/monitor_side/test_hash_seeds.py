"""Where repetitions are compared, a call is made once more under another hash seed."""

import pytest

TASK = """
    from pytest_metamorphic_guard import Task

    words = "alpha beta gamma delta epsilon zeta eta theta iota".split()
    t = Task("t", inputs=[(words[: 5 + i],) for i in range(4)])

    @t.property
    def whole(output, names):
        assert len(output) == len(names)
"""
SORTED = "def solve(names):\n    return sorted(set(names))\n"
UNSORTED = "def solve(names):\n    return list(set(names))\n"
# Its first call answers alike in every process.
COUNTING = (
    "import itertools\nnumbers = itertools.count()\n"
    "def solve(names):\n    return [next(numbers)] * len(names)\n"
)


@pytest.fixture
def ordinary(watched, monkeypatch):
    """A project that uses the executor ``local``, with a baseline that answers in order."""
    monkeypatch.delenv("PYTHONHASHSEED")
    watched.project.write(test_it=TASK, baseline=SORTED)
    return watched


def ask_again(ordinary, candidate, *options):
    ordinary.project.write(candidate=candidate)
    wanted = ("--mg-monitor=flakiness", "--mg-monitor=tape:Tape")
    result = ordinary.spawn(*wanted, *options, executor="local")
    flakiness = ordinary.monitors["flakiness"]
    assert flakiness["summary"]["baseline"]["inputs_flaky"] == 0
    found = flakiness["summary"]["candidate"]
    assert found["inputs_checked"] == 4
    repeats = {row[3] for row in ordinary.tape["rows"]}
    return " ".join(result.stdout.str().split()), found, repeats


def test_a_candidate_that_answers_in_the_order_of_a_set_is_flaky(ordinary):
    said, found, repeats = ask_again(ordinary, UNSORTED)
    assert found["inputs_flaky"] == found["inputs_flaky_by_hash_seed"] == 4
    assert repeats == {0, 1, 2}
    assert "answers 4 of 4 repeated inputs differently when asked again under another" in said


def test_a_candidate_that_sorts_is_not(ordinary):
    _, found, repeats = ask_again(ordinary, SORTED)
    assert found["inputs_flaky"] == 0
    assert repeats == {0, 1, 2}


def test_what_differs_in_one_process_is_not_put_down_to_the_hash_seed(ordinary):
    said, found, _ = ask_again(ordinary, COUNTING)
    assert (found["inputs_flaky"], found["inputs_flaky_by_hash_seed"]) == (4, 0)
    assert "another hash seed" not in said


def test_without_processes_no_call_is_made_under_another_hash_seed(ordinary):
    config = '--mg-executor-config={"isolation": "none"}'
    _, found, repeats = ask_again(ordinary, UNSORTED, config)
    assert found["inputs_flaky"] == 0
    assert repeats == {0, 1}


def test_the_hash_seed_of_an_executor_can_be_chosen_and_the_report_says_it(ordinary):
    candidate = "import os\ndef solve(names):\n    return os.environ['PYTHONHASHSEED'] * 5\n"
    ask_again(ordinary, candidate, '--mg-executor-config={"hash_seed": 7}')
    assert ordinary.report["environment"]["hash_seed"]["candidate"] == "7"
    answers = {row[6] for row in ordinary.tape["rows"] if row[4] == "candidate"}
    assert "'77777'" in answers
    assert len(answers) == 2
