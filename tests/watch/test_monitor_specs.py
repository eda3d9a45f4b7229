import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.watch.setting_up import load_monitors
from pytest_metamorphic_guard.watch.specs import (
    MonitorSpecError,
    assign_ids,
    find_option_faults,
    parse_monitor_spec,
)


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("latency", "latency", {}),
        ("Latency", "latency", {}),
        ("latency:alert_ratio=1.2", "latency", {"alert_ratio": 1.2}),
        (
            " latency : alert_ratio = 1.2 , repeats=3 ",
            "latency",
            {"alert_ratio": 1.2, "repeats": 3},
        ),
        ("m:a=1e-3,b=-2,c=+4,d=.5", "m", {"a": 1e-3, "b": -2, "c": 4, "d": 0.5}),
        ("m:a=true,b=False,c=none", "m", {"a": True, "b": False, "c": None}),
        ("m:groups=[a,b]", "m", {"groups": ["a", "b"]}),
        ("m:x=[1, 2.5,'c,d',[true]],y=[]", "m", {"x": [1, 2.5, "c,d", [True]], "y": []}),
        ('m:path="a,b"', "m", {"path": "a,b"}),
        (r'm:path="say \"hi\"",b=' + r"'C:\\x'", "m", {"path": 'say "hi"', "b": r"C:\x"}),
        ('m:a="1"', "m", {"a": "1"}),
        ("m:url=http://host:80/x?y=1", "m", {"url": "http://host:80/x?y=1"}),
        ("m:a=nan,b=inf,c=1_0,d=0x10", "m", {"a": "nan", "b": "inf", "c": "1_0", "d": "0x10"}),
        ("package.module:Monitor", "package.module:Monitor", {}),
        ("package.module:Monitor:size=3", "package.module:Monitor", {"size": 3}),
    ],
)
def test_a_specification_reads(text, name, options):
    spec = parse_monitor_spec(text)
    assert (spec.name, dict(spec.options)) == (name, options)
    assert {key: type(value) for key, value in spec.options.items()} == {
        key: type(value) for key, value in options.items()
    }


def test_the_common_options_are_taken_out():
    spec = parse_monitor_spec("latency:severity=warning,required=true,id=slow,alpha=0.05")
    assert (spec.severity, spec.required, spec.id) == ("warning", True, "slow")
    assert dict(spec.options) == {"alpha": 0.05}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no name"),
        (":a=1", "no name"),
        ("latency:", "option=value"),
        ("latency:alpha=0.1,", "option=value"),
        ("latency:=1", "option=value"),
        ("latency:alpha=", "a value"),
        ("latency:alpha=1,alpha=2", "alpha only once"),
        ('latency:id="x', 'a closing "'),
        ("latency:x=[1,2", "a comma or ]"),
        ('latency:x="a"b', "a comma or the end"),
        ("latency:my option=1", "option=value"),
        ("latency:severity=loud", "expected info, warning, error"),
        ("latency:required=maybe", "expected true or false"),
        ("latency:id=[a]", "expected a name"),
    ],
)
def test_a_faulty_specification_says_what_was_expected(text, words):
    with pytest.raises(MonitorSpecError, match="monitor") as error:
        parse_monitor_spec(text)
    assert words in str(error.value)


@given(st.text(max_size=30) | st.from_regex(r"[a-z]{1,3}:[a-z]=[\[\]\"',=a1. ]{0,12}"))
def test_any_text_reads_or_is_refused_by_our_own_error(text):
    try:
        spec = parse_monitor_spec(text)
    except MonitorSpecError:
        return
    assert spec.name


def test_an_error_travels_between_processes():
    error = MonitorSpecError([("a", "b")])
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "monitor 'a': b"
    assert isinstance(error, MetamorphicGuardError)


def test_unknown_names_and_options_are_refused_together_with_what_exists():
    with pytest.raises(MonitorSpecError) as error:
        load_monitors(["latncy", "latency:alert_ration=2", "trend:window=-1", "errors"])
    lines = str(error.value).splitlines()
    assert len(lines) == 3
    assert "installed: errors, fairness_gap" in lines[0]
    assert "Did you mean 'latency'?" in lines[0]
    assert "options: alert_ratio, alpha, clock, id," in lines[1]
    assert "Did you mean 'alert_ratio'?" in lines[1]
    assert "window=-1: expected an integer >= 0" in lines[2]


def test_a_forgotten_equals_sign_is_no_module():
    with pytest.raises(MonitorSpecError, match="expected option=value after 'latency:'"):
        load_monitors(["latency:strict"])


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("fairness", "fairness_gap"),
        ("resource", "resource_usage"),
        ("llm_cost_monitor", "llm_cost"),
        ("success-rate", "success_rate"),
        ("LATENCY", "latency"),
    ],
)
def test_names_of_other_distributions_and_spellings_are_understood(alias, name):
    (loaded,) = load_monitors([alias])
    assert loaded.identity.name == name
    assert loaded.identity.distribution == "pytest-metamorphic-guard"


def test_two_of_a_kind_have_ids_of_their_own():
    specs = [
        parse_monitor_spec(t) for t in ("trend", "latency", "trend:id=trend#2", "trend", "trend")
    ]
    assert assign_ids(specs) == ["trend", "latency", "trend#2", "trend#3", "trend#4"]


def test_an_alias_has_the_id_it_was_asked_for_by():
    assert [m.id for m in load_monitors(["fairness", "fairness_gap"])] == [
        "fairness",
        "fairness_gap",
    ]


def test_one_id_for_two_monitors_is_refused():
    with pytest.raises(MonitorSpecError, match="id 'x' is given twice"):
        load_monitors(["trend:id=x", "latency:id=x"])


def test_options_of_a_factory_are_read_from_its_signature():
    def factory(size, *, depth=1):
        return size, depth

    assert find_option_faults(factory, {"size": 1}) == []
    missing, needed = find_option_faults(factory, {"dept": 1})
    assert "Did you mean 'depth'?" in missing
    assert needed == "option 'size' is required"
    assert find_option_faults(lambda **anything: anything, {"x": 1}) == []
    assert find_option_faults(dict, {"x": 1}) == []


@pytest.mark.parametrize(
    ("text", "repeats", "sample"),
    [
        ("errors", 1, None),
        ("latency", 1, None),
        ("latency:repeats=3", 3, None),
        ("flakiness", 2, 100),
        ("flakiness:repeats=5,sample=0", 5, None),
    ],
)
def test_a_monitor_says_how_often_it_wants_calls_to_be_made(text, repeats, sample):
    (loaded,) = load_monitors([text])
    assert (loaded.repeats, loaded.sample) == (repeats, sample)
