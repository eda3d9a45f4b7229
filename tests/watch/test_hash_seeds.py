"""Where repetitions are compared, a call is made once more under another hash seed."""

import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Task

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


@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_a_candidate_that_answers_in_the_order_of_a_set_is_flaky(ordinary, processes):
    said, found, repeats = ask_again(ordinary, UNSORTED, processes)
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


def test_what_cannot_be_imported_under_another_hash_seed_is_told_apart(ordinary):
    ordinary.project.write(
        candidate="import os\nassert os.environ['PYTHONHASHSEED'] == '0'\n" + SORTED
    )
    result = ordinary.spawn("--mg-monitor=flakiness", executor="local")
    said = " ".join(result.stdout.str().split())
    assert result.ret == 1
    assert "candidate candidate.py under another hash seed: " in said


def test_a_program_asks_again_too(tmp_path):
    paths = {"old": SORTED, "new": UNSORTED}
    old, new = (tmp_path / f"{name}.py" for name in paths)
    for path, source in zip((old, new), paths.values(), strict=True):
        path.write_text(source)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    task = Task("t", inputs=[(words,)])
    task.property(lambda output, names: len(output) == len(names), name="whole")
    config = api.EvaluationConfig(n=1, monitors=("flakiness",))

    result = api.run(
        task,
        api.Implementation.from_path(old),
        api.Implementation.from_path(new),
        config,
    )

    summary = result.report["monitors"][0]["summary"]
    assert summary["baseline"]["inputs_flaky"] == 0
    assert summary["candidate"]["inputs_flaky_by_hash_seed"] == 1


STRANGER = """
    class Seeded:
        def __init__(self, config=None, seed=0):
            self.seed = seed

        def with_hash_seed(self, seed):
            return {other}

        def execute(self, file_path, func_name, args, timeout_s, mem_mb):
            output = {{"duration_ms": 1.0, "stdout": "", "stderr": ""}}
            return output | {{"success": True, "result": args[0][: 1 if self.seed else None]}}

        def close(self):
            print("closed the one with", "another seed" if self.seed else "its own seed")
"""


def test_the_executor_of_another_distribution_may_offer_it_and_is_closed(watched):
    watched.project.write(test_it=TASK, seeded=STRANGER.format(other="Seeded(seed=seed)"))
    result = watched.spawn("-s", "--mg-monitor=flakiness", executor="seeded:Seeded")
    found = watched.monitors["flakiness"]["summary"]["candidate"]
    assert found["inputs_flaky_by_hash_seed"] == 4
    assert result.stdout.str().count("closed the one with another seed") == 2
    assert result.stdout.str().count("closed the one with its own seed") == 2


def test_an_executor_that_offers_it_wrongly_is_named_before_the_run(watched):
    watched.project.write(test_it=TASK, seeded=STRANGER.format(other="seed"))
    result = watched.spawn("--mg-monitor=flakiness", executor="seeded:Seeded")
    said = " ".join((result.stdout.str() + result.stderr.str()).split())
    assert "with_hash_seed() returned a int without a method 'execute'" in said
    assert result.ret == 4
