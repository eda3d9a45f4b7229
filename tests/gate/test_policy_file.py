import pytest

from pytest_metamorphic_guard.gate.policies import NonInferior, PolicyError, Strict, Superior
from pytest_metamorphic_guard.gate.policy_file import read_rules
from pytest_metamorphic_guard.gate.rules import Rules, TaskRules

COMPLETE = """
policy = "noninferior:margin=0.02"
min_pass_rate = 0.9
fail_on_alert = "warning"
early_stop = true
extend = 1000

[tasks.top_k]
policy = "strict"

[tasks.summary]
policy = "superior:min_delta=0.01,alpha=0.1"
min_pass_rate = 0.8

[tasks.summary.relations.paraphrased]
min_pass_rate = 1
"""


def test_a_policy_file_gives_rules_for_all_tasks_and_for_some():
    rules = read_rules(COMPLETE)
    assert rules == Rules(
        policy=NonInferior(0.02),
        min_pass_rate=0.9,
        fail_on_alert="warning",
        early_stop=True,
        extend=1000,
        tasks={
            "top_k": TaskRules(policy=Strict()),
            "summary": TaskRules(
                policy=Superior(0.01, 0.1), min_pass_rate=0.8, relations={"paraphrased": 1.0}
            ),
        },
    )
    assert rules.find_policy("top_k") == Strict()
    assert rules.find_policy("other") == NonInferior(0.02)
    assert rules.find_min_pass_rate("top_k") == 0.9
    assert rules.find_min_pass_rate("summary") == 0.8
    assert rules.find_relation_rate("summary", "paraphrased") == 1.0
    assert rules.find_relation_rate("top_k", "paraphrased") is None


def test_an_empty_file_changes_nothing():
    defaults = Rules(policy=Superior(), min_pass_rate=0.5, fail_on_alert="never", early_stop=True)
    assert read_rules("") == Rules()
    assert read_rules("", defaults=defaults) == defaults


def test_what_the_file_says_goes_before_the_defaults():
    defaults = Rules(policy=Superior(), min_pass_rate=0.5, fail_on_alert="never", early_stop=True)
    rules = read_rules({"early_stop": False, "min_pass_rate": 0.0}, defaults=defaults)
    assert (rules.early_stop, rules.min_pass_rate, rules.policy) == (False, 0.0, Superior())
    assert read_rules("extend = 600", defaults=Rules(extend=400)).extend == 600
    assert read_rules("", defaults=Rules(extend=400)).extend == 400


def test_all_faults_are_told_at_once_with_the_paths_of_their_keys():
    faulty = """
        polcy = "strict"
        min_pass_rate = 95
        fail_on_alert = "eror"
        early_stop = 1
        extend = true
        [tasks.top_k]
        policy = "noninferior:margin=2,alhpa=0.1"
        min_pass_rat = 0.9
        [tasks.top_k.relations.reordered]
        min_pass_rate = "high"
        [tasks.other]
        policy = 3
        relations = [1]
    """
    with pytest.raises(PolicyError) as caught:
        read_rules(faulty, source="gate.toml")
    assert caught.value.source == "gate.toml"
    found = caught.value.faults
    expected = [
        (
            "polcy: unknown key; expected policy, min_pass_rate, fail_on_alert, early_stop, "
            "extend, tasks. "
            "Did you mean 'policy'?"
        ),
        "min_pass_rate: must be between 0 and 1, got 95 (95 % is 0.95)",
        "fail_on_alert: expected error, warning, never, got 'eror'. Did you mean 'error'?",
        "early_stop: expected true or false, got 1",
        "extend: expected a whole number of inputs from 1, got True",
        (
            "tasks.top_k.min_pass_rat: unknown key; expected policy, min_pass_rate, relations. "
            "Did you mean 'min_pass_rate'?"
        ),
        "tasks.top_k.policy: unknown option 'alhpa'; known: margin, alpha. Did you mean 'alpha'?",
        "tasks.top_k.policy: margin=2: must be above 0 and below 1 (2 % is 0.02)",
        (
            "tasks.top_k.relations.reordered.min_pass_rate: expected a number between 0 and 1, "
            "got 'high'"
        ),
        "tasks.other.policy: expected text such as 'noninferior:margin=0.02', got 3",
        "tasks.other.relations: expected a table, got [1]",
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"tasks": 3}, "tasks: expected a table, got 3"),
        ({"tasks": {"a": "strict"}}, "tasks.a: expected a table, got 'strict'"),
        (
            {"tasks": {"a": {"relations": {"r": 0.9}}}},
            "tasks.a.relations.r: expected a table, got 0.9",
        ),
        ({"min_pass_rate": True}, "min_pass_rate: expected a number between 0 and 1, got True"),
        (
            {"min_pass_rate": float("nan")},
            "min_pass_rate: must be between 0 and 1, got nan",
        ),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_once(data, fault):
    with pytest.raises(PolicyError) as caught:
        read_rules(data)
    assert caught.value.faults == (fault,)


def test_text_that_is_not_toml_is_told_with_its_line():
    with pytest.raises(PolicyError, match=r"gate.toml: not TOML: .*line 1"):
        read_rules("policy = strict", source="gate.toml")


def test_a_task_or_relation_that_does_not_exist_is_told_with_a_guess():
    known = {"top_k": ["reordered", "larger_k"]}
    text = "[tasks.topk]\n[tasks.top_k.relations.reorderd]\nmin_pass_rate = 0.9\n[tasks.zzz]"
    with pytest.raises(PolicyError) as caught:
        read_rules(text, known=known)
    assert caught.value.faults == (
        "tasks.topk: no such task. Did you mean 'top_k'?",
        "tasks.top_k.relations.reorderd: no such relation. Did you mean 'reordered'?",
        "tasks.zzz: no such task; tasks: top_k",
    )
    assert read_rules("[tasks.top_k.relations.larger_k]", known=known).tasks["top_k"] == TaskRules()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rules(min_pass_rate=1.5),
        lambda: Rules(fail_on_alert="always"),
        lambda: TaskRules(min_pass_rate=-1),
        lambda: TaskRules(relations={"reordered": 95.0}),
    ],
)
def test_rules_that_make_no_sense_cannot_be_made(make):
    with pytest.raises(PolicyError):
        make()
