"""While durations are compared, processes share a processor and are started anew now and then."""

import ast
import os

import pytest

SOURCE = """
import os

def solve(x):
    return os.getpid(), sorted(os.sched_getaffinity(0))
"""


@pytest.fixture
def ask(project):
    """Run a task of fifty inputs, and return what both roles' processes said of themselves."""
    project.write(old=SOURCE, new=SOURCE)
    project.write_task(
        """
        @t.law
        def tells(solve, x):
            print("SAID", str(solve).split()[0], solve(x))
        """,
        inputs="[(i,) for i in range(50)]",
    )

    def ask(*options):
        result = project.run(
            "-s", "--mg-measure", "--mg-candidate=new.py", "--mg-baseline=old.py", *options
        )
        said = {"baseline": {}, "candidate": {}}
        for line in result.outlines:
            if "SAID" in line:
                role, _, answer = line.partition("SAID ")[2].partition(" ")
                pid, processors = ast.literal_eval(answer)
                said[role][pid] = processors
        return said

    return ask


def test_both_roles_share_a_processor_and_are_started_anew(ask):
    said = ask("--mg-monitor=latency")
    # On a machine under load fewer than five lives are afforded.
    lives = [len(said[role]) for role in ("baseline", "candidate")]
    assert lives[0] == lives[1] >= 3
    seen = {tuple(processors) for role in said.values() for processors in role.values()}
    assert len(seen) == 1
    if len(os.sched_getaffinity(0)) > 1:
        assert len(seen.pop()) == 1


def test_without_durations_to_compare_a_process_stays_and_has_all_processors(ask):
    said = ask("--mg-monitor=success_rate")
    assert [len(said[role]) for role in ("baseline", "candidate")] == [1, 1]
    for role in said.values():
        assert list(role.values()) == [sorted(os.sched_getaffinity(0))]
