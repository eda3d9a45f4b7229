import pickle

import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.gate.policies import (
    NonInferior,
    PolicyError,
    Strict,
    Superior,
    correct_policy,
    parse_policy,
)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("strict", Strict()),
        ("strict:alpha=0.01", Strict(alpha=0.01)),
        ("noninferior", NonInferior(margin=0.02, alpha=0.05)),
        ("noninferior:margin=0.05", NonInferior(margin=0.05)),
        (" noninferior : margin = 0.05 , alpha = 0.1 ", NonInferior(margin=0.05, alpha=0.1)),
        ("superior:min_delta=0", Superior(min_delta=0.0)),
        ("superior:alpha=0.01,min_delta=0.1", Superior(min_delta=0.1, alpha=0.01)),
    ],
)
def test_a_policy_is_read_from_its_text_and_written_as_one(text, policy):
    assert parse_policy(text) == policy
    assert parse_policy(str(policy)) == policy


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("strct", "unknown policy 'strct'; expected strict, noninferior, superior. Did you mean"),
        ("", "unknown policy ''"),
        ("noninferiority:margin=0.02", "Did you mean 'noninferior'?"),
        ("noninferior:margni=0.02", "unknown option 'margni'; known: margin, alpha. Did you mean"),
        ("noninferior:margin=2", "margin=2: must be above 0 and below 1 (2 % is 0.02)"),
        ("noninferior:margin=0", "margin=0: must be above 0"),
        ("noninferior:margin=nan", "margin=nan: must be above 0"),
        ("noninferior:margin=2%", "margin='2%': expected a number, such as 0.02 for 2 %"),
        ("noninferior:margin=.1,margin=.2", "margin is given twice"),
        ("noninferior:", "'': expected key=value, such as margin=0.02"),
        ("superior:0.02", "'0.02': expected key=value, such as min_delta=0.02"),
        ("superior:min_delta=-0.1", "min_delta=-0.1: must be at least 0 and below 1"),
        ("strict:alpha=0.5", "alpha=0.5: must be above 0 and below 0.5"),
    ],
)
def test_a_faulty_text_says_what_was_probably_meant(text, sentence):
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    assert sentence in str(caught.value)
    assert isinstance(caught.value, MetamorphicGuardError)


def test_all_faults_of_a_text_are_told_at_once():
    with pytest.raises(PolicyError) as caught:
        parse_policy("noninferior:margin=2,alfa=0.1,alpha=0.9")
    assert len(caught.value.faults) == 3


def test_a_policy_that_makes_no_sense_cannot_be_made():
    with pytest.raises(PolicyError, match=r"margin=1\.5"):
        NonInferior(margin=1.5)
    with pytest.raises(PolicyError, match="alpha=0"):
        Strict(alpha=0.0)
    with pytest.raises(PolicyError, match="min_delta=1"):
        Superior(min_delta=1.0)


def test_the_error_travels_between_processes():
    error = PolicyError("policy 'x'", ["one", "two"])
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.source, copy.faults) == (str(error), error.source, ("one", "two"))


def test_competing_candidates_divide_alpha():
    assert correct_policy(NonInferior(0.02, 0.06), 3) == NonInferior(0.02, 0.02)
    assert correct_policy(Strict(), 1) == Strict()
