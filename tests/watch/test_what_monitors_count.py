"""Monitors look at what the task says, and count inputs, whatever number of calls share one."""

import pytest

WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
# Approves by a score; what was right is known for every input.
MODEL = """
def solve(x):
    group, score = x % 2, (x * 37) % 100
    limit = {limits}[group]
    return {{"approved": score >= limit, "group": "ab"[group]}}
"""
TASK = """
from pytest_metamorphic_guard import Metric, Task

def is_right(output, x):
    return output["approved"] == ((x * 37) % 100 >= 58)

t = Task(
    "t",
    inputs=[(x,) for x in range(600)],
    group=lambda x: "ab"[x % 2],
    metrics=[{metrics}],
)

@t.property{mode}
def decides(output, x):
    assert {check}
"""
POSITIVE = "Metric('positive rate', lambda output, args: output['approved'])"
ACCURACY = "Metric('accuracy', lambda output, args: is_right(output, *args))"
ERROR = "Metric('error', lambda output, args: not is_right(output, *args), higher_is_better=False)"


@pytest.fixture
def model(watched):
    """A model whose positive rate for group b rises, where it is right less often."""
    watched.project.write(
        baseline=MODEL.format(limits=(58, 58)), candidate=MODEL.format(limits=(58, 25))
    )

    def write(*metrics, check="'approved' in output", mode=""):
        source = TASK.format(metrics=", ".join(metrics), check=check, mode=mode)
        (watched.project.path / "test_it.py").write_text(source)
        return watched

    return write


def find_alerts(watched, monitor):
    return {alert["type"]: alert for alert in watched.monitors[monitor]["alerts"]}


@WORKERS
def test_a_group_in_which_less_is_right_is_found_by_a_metric(model, workers):
    watched = model(ACCURACY, POSITIVE)

    result = watched.spawn("--mg-monitor=fairness_gap", "--mg-gate", *workers)

    assert watched.report["gate"]["outcome"] == "reject"
    alerts = find_alerts(watched, "fairness_gap")
    assert (alerts["fairness_gap"]["group"], alerts["fairness_gap"]["metric"]) == (
        "b",
        "t::accuracy",
    )
    assert alerts["fairness_gap"]["gap"] == pytest.approx(0.34, abs=0.01)
    assert "in group 'b' t::accuracy is 0.66 for the candidate, 1.00 for" in result.stdout.str()
    assert alerts["fairness_gap_widened"]["metric"] in ("t::positive rate", "t::accuracy")


def test_a_positive_rate_that_rises_for_one_group_widens_the_gap(model):
    watched = model(POSITIVE)

    assert watched.run("--mg-monitor=fairness_gap").ret == 1

    alerts = find_alerts(watched, "fairness_gap")
    assert list(alerts) == ["fairness_gap_widened"]
    assert alerts["fairness_gap_widened"]["widening"] > 0.3


def test_of_a_metric_that_is_better_when_lower_a_rise_is_a_loss(model):
    watched = model(ERROR)

    assert watched.run("--mg-monitor=fairness_gap").ret == 1

    assert find_alerts(watched, "fairness_gap")["fairness_gap"]["gap"] > 0.3


def test_what_the_task_says_is_counted_per_group_and_as_a_whole(model):
    watched = model(check="is_right(output, x)")

    watched.run("--mg-monitor=fairness_gap", "--mg-monitor=success_rate")

    gap = find_alerts(watched, "fairness_gap")["fairness_gap"]
    assert (gap["group"], gap["basis"]) == ("b", "held")
    assert gap["message"].startswith(
        "in group 'b' what must hold does on 66 % of inputs for the candidate, on 100 % for the"
    )
    drop = find_alerts(watched, "success_rate")["success_rate_drop"]
    assert (drop["baseline_rate"], drop["basis"]) == (1.0, "held")
    assert drop["message"].startswith("candidate violates what must hold on 102 inputs on which ")
    summary = watched.monitors["success_rate"]["summary"]
    assert (summary["candidate"]["rate"], summary["candidate"]["held_rate"]) == (
        1.0,
        pytest.approx(0.83),
    )


def test_where_only_returns_are_seen_the_words_say_so(model):
    watched = model(mode="(soft=True)")

    watched.run("--mg-monitor=fairness_gap", "--mg-monitor=success_rate")

    for name in ("fairness_gap", "success_rate"):
        assert watched.monitors[name]["line"].startswith("returned, right or wrong")
        assert watched.monitors[name]["summary"]["basis"] == "returned"


FOUR = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[(x,) for x in range(40)], group=lambda x: "all")
"""
RELATION = "\n@t.relation\ndef r{0}(x):\n    return (x,)\n"
FAILS = "def solve(x):\n    if x in {inputs}:\n        raise ValueError(x)\n    return x\n"


@WORKERS
def test_failures_that_hit_all_relations_of_an_input_count_once(watched, workers):
    watched.project.write(
        test_it=FOUR + "".join(map(RELATION.format, range(4))),
        baseline=FAILS.format(inputs=()),
        candidate=FAILS.format(inputs=(3, 5, 8, 13, 21)),
    )
    names = ("success_rate", "errors", "fairness_gap", "output_drift:max_mismatch_rate=0.03")

    watched.spawn(*(f"--mg-monitor={name}" for name in names), *workers)

    # Five of five inputs are worse by chance in 3 %; twenty of twenty cases never would be.
    for monitor in watched.monitors.values():
        assert [a for a in monitor["alerts"] if a["severity"] != "info"] == []
    assert watched.monitors["success_rate"]["summary"]["paired"]["p_value"] == 1 / 32
    new = watched.monitors["errors"]["alerts"][0]
    assert (new["type"], new["p_value"]) == ("new_error_type", None)
    assert new["message"].endswith("which chance may explain (p = 0.031)")


def test_a_new_type_of_error_on_many_inputs_is_no_chance(watched):
    watched.project.write(
        test_it=FOUR + RELATION.format(0),
        baseline=FAILS.format(inputs=()),
        candidate=FAILS.format(inputs=tuple(range(10))),
    )

    assert watched.run("--mg-monitor=errors").ret == 1

    (alert,) = watched.monitors["errors"]["alerts"]
    assert (alert["type"], alert["severity"]) == ("new_error_type", "error")
    assert alert["p_value"] == 2**-10


@pytest.mark.parametrize("name", ["latency", "success_rate", "errors", "trend", "fairness_gap"])
def test_an_alpha_that_the_run_would_take_back_is_refused(watched, name):
    watched.write_task()

    result = watched.run(f"--mg-monitor={name}:alpha=0.05")

    assert result.ret == 4
    said = "alpha=0.05: expected at most 0.01, which all tests of a run share"
    result.stderr.fnmatch_lines(f"*monitor '{name}:alpha=0.05': {said}")
