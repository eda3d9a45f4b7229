"""A declaration that cannot be used is refused where it is written, all faults at once."""

import pickle
from pathlib import Path

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import (
    MetamorphicRelation,
    Metric,
    Property,
    Task,
    TaskError,
    TaskSpec,
)

HERE = Path(__file__)
ONE = [(1,), (2,)]
TWO = [(1, 2), (3, 4)]


def refuse(declare):
    """Return the faults of a declaration that must be refused where it is written."""
    with pytest.raises(TaskError) as caught:
        declare()
    path, _, line = str(caught.value.location).rpartition(":")
    assert Path(path) == HERE
    assert line.isdecimal()
    return list(caught.value.faults)


def identity(*arguments):
    return arguments


def test_all_faults_of_a_task_are_reported_at_once():
    faults = refuse(
        lambda: Task(
            "a::b",
            inputs=[1, 2],
            function="x y",
            equivalence=3,
            precondition="x",
            group=1,
            timeout_s=-1,
            mem_mb=1.5,
            examples=[[1]],
            metrics=[1],
            marks=["slow"],
            relations=["reversed"],
        )
    )
    assert faults == [
        "task name 'a::b' must be a text without '[', ']', ':' and line breaks",
        "inputs[0] is a int, expected a tuple of arguments; for one argument write (1,)",
        "function='x y' is not the name of a function",
        "equivalence is a int, expected a function",
        "precondition is a str, expected a function",
        "group is a int, expected a function",
        "timeout_s=-1, expected a number of seconds above 0",
        "mem_mb=1.5, expected a whole number from 0",
        "examples[0] is a list, expected a tuple of arguments",
        "metrics has a int, expected a Metric",
        "marks has a str, expected a mark such as pytest.mark.slow",
        "'reversed' is no MetamorphicRelation and no Property",
    ]


def test_the_name_of_a_task_has_no_equals_sign_which_would_end_it_in_an_option():
    faults = refuse(lambda: Task("a=b", inputs=[(1,)]))
    assert faults == ["task name 'a=b' must be a text without '=', which ends it in TASK=SPEC"]


def test_all_faults_of_a_relation_are_reported_at_once():
    faults = refuse(
        lambda: MetamorphicRelation("a[1]", 3, "eqal", sources=0, precondition=3)  # type: ignore[arg-type]
    )
    assert [fault.split(";")[0] for fault in faults] == [
        "relation 'a[1]': name 'a[1]' must be a text without '[', ']', ':' and line breaks",
        "relation 'a[1]': transform is a int, expected a function",
        "relation 'a[1]': sources=0, expected a number from 1",
        "relation 'a[1]': expect='eqal' is unknown",
        "relation 'a[1]': precondition is a int, expected a function",
    ]


def test_all_faults_of_a_property_are_reported_at_once():
    faults = refuse(lambda: Property("check", name="x:y", mode="weak", precondition=1))
    assert faults == [
        "property 'x:y': name 'x:y' must be a text without '[', ']', ':' and line breaks",
        "property 'x:y': check is a str, expected a function",
        "property 'x:y': mode='weak', expected 'hard' or 'soft'",
        "property 'x:y': precondition is a int, expected a function",
    ]


def test_all_faults_of_a_metric_are_reported_at_once():
    faults = refuse(lambda: Metric("m", 3, "continuous", alpha="x", sample_rate=0))
    assert faults == [
        "metric 'm': extract is a int, expected a function",
        "metric 'm': kind='continuous', expected 'mean' or 'sum'",
        "metric 'm': sample_rate=0, expected above 0 and at most 1",
        "metric 'm': alpha='x', expected between 0 and 1",
    ]


def test_an_error_travels_between_processes_with_its_facts():
    with pytest.raises(TaskError) as caught:
        Task("t", inputs=[])
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.task, again.faults, again.location) == (
        "t",
        ("inputs is empty",),
        caught.value.location,
    )
    assert str(again) == f"task 't' ({again.location}): inputs is empty"


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ([], "inputs is empty"),
        ([(1,), (1, 2)], "inputs[1] has 2 arguments, inputs[0] has 1"),
        (iter(ONE), "inputs is a list_iterator, which has no fixed order"),
        ({(1,)}, "inputs is a set, which has no fixed order"),
        ("abc", "inputs is a str, expected a hypothesis strategy of argument tuples"),
        (None, "inputs is a NoneType, expected a hypothesis strategy of argument tuples"),
        ({}, "inputs is an empty dict"),
        ({"xs": 3}, "inputs must map argument names to hypothesis strategies; not so: 'xs': int"),
        ({"x y": st.none()}, "inputs must map argument names to hypothesis strategies"),
        (st.integers, "inputs is the function integers of hypothesis: call it"),
        (list, "inputs is list"),
        (
            st.tuples(st.integers(5, 1)),
            "inputs cannot be drawn: Cannot have max_value=1 < min_value=5",
        ),
        (
            {"x": st.integers(5, 1)},
            "inputs cannot be drawn: Cannot have max_value=1 < min_value=5",
        ),
        (lambda: ONE, "inputs is <lambda>(), expected a function gen_inputs(n, seed)"),
        (lambda n, seed, k: ONE, "inputs is <lambda>(n, seed, k), expected a function"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_inputs_that_cannot_be_read_are_refused(inputs, fault):
    (found,) = refuse(lambda: Task("t", inputs=inputs))
    assert found.startswith(fault)


@pytest.mark.parametrize("word", ["relations", "properties", "metrics", "examples", "marks"])
def test_a_single_value_where_a_list_belongs_is_refused(word):
    (found,) = refuse(lambda: Task("t", inputs=ONE, **{word: 3}))
    assert found == f"{word} is a int, expected a list"


@pytest.mark.parametrize("timeout_s", [0, -1, True, float("nan"), float("inf"), "5"])
def test_a_time_limit_that_is_none_is_refused(timeout_s):
    (found,) = refuse(lambda: Task("t", inputs=ONE, timeout_s=timeout_s))
    assert found == f"timeout_s={timeout_s!r}, expected a number of seconds above 0"


@pytest.mark.parametrize(
    "name", ["", " x", "a\nb", "pytestmark", "setup_method", "teardown_class", "__init__"]
)
def test_names_that_mean_something_else_to_pytest_are_refused(name):
    (fault,) = refuse(lambda: MetamorphicRelation(name, identity))
    assert "name" in fault


def test_functions_that_do_not_take_the_inputs_are_refused():
    t = Task("t", inputs=TWO)
    assert refuse(lambda: t.relation(lambda x: (x,))) == [
        "relation '<lambda>' takes (x), expected the 2 inputs"
    ]
    assert refuse(lambda: t.relation(lambda x, y, z: (x,))) == [
        "relation '<lambda>' takes (x, y, z), expected the 2 inputs"
    ]
    assert refuse(lambda: t.relation(lambda x, *, y: (x,))) == [
        "relation '<lambda>' takes (x, y), expected the 2 inputs"
    ]
    assert refuse(lambda: t.property(lambda out, x: True)) == [
        "property '<lambda>' takes (out, x), expected the output, or the output and the 2 inputs"
    ]
    assert refuse(lambda: t.law(lambda solve, x: None)) == [
        "law '<lambda>' takes (solve, x), expected solve and the 2 inputs"
    ]
    assert refuse(lambda: t.relation(precondition=lambda x: True)(lambda x, y: (x, y))) == [
        "precondition of '<lambda>' takes (x), expected the 2 inputs"
    ]
    assert refuse(lambda: Task("t", inputs=TWO, precondition=lambda x: True)) == [
        "precondition takes (x), expected 2 arguments"
    ]
    assert refuse(lambda: Task("t", inputs=TWO, group=lambda x: 1)) == [
        "group takes (x), expected 2 arguments"
    ]
    assert refuse(lambda: Task("t", inputs=TWO, equivalence=lambda x: 1)) == [
        "equivalence takes (x), expected 2 arguments"
    ]


def test_functions_that_can_take_the_inputs_are_accepted():
    t = Task("t", inputs=TWO)
    t.relation(name="default")(lambda x, y=0: (x, y))
    t.relation(name="further_default")(lambda x, y, factor=2: (x, y * factor))
    t.relation(name="all")(identity)
    t.relation(name="rng_last")(lambda x, y, rng: (x, y))
    t.relation(name="rng_keyword")(lambda x, y, *, rng: (x, y))
    t.property(name="output_only")(lambda out: True)
    t.property(name="inputs_default")(lambda out, x, y=0: True)
    t.property(name="everything")(lambda *values: True)
    t.property(name="built_in")(callable)
    t.law(name="with_fixture")(lambda solve, x, y, tmp_path_factory: None)
    t.law(name="with_keyword")(lambda solve, x, y, *, tmp_path_factory: None)
    t.law(name="variadic")(lambda solve, *inputs: None)
    assert len(t.entries) == 12


@pytest.mark.parametrize(
    "inputs", [st.tuples(st.none(), st.none()), {"x": st.none(), "y": st.none()}]
)
def test_the_number_of_inputs_is_known_from_a_strategy(inputs):
    t = Task("t", inputs=inputs)
    (fault,) = refuse(lambda: t.relation(lambda x: (x,)))
    assert fault == "relation '<lambda>' takes (x), expected the 2 inputs"


async def later(*values):
    return values


def many(*values):
    yield values


@pytest.mark.parametrize(
    ("declare", "fault"),
    [
        (lambda t: t.relation(later), "transform is a coroutine function; write a plain function"),
        (lambda t: t.property(later), "check is a coroutine function; write a plain function"),
        (lambda t: t.law(later), "body is a coroutine function; write a plain function"),
        (lambda t: t.property(many), "check is a generator function; write a plain function"),
        (lambda t: t.law(many), "body is a generator function; write a plain function"),
        (lambda t: t.property(lambda: 1), "check takes no argument, expected (output, *inputs)"),
        (lambda t: t.law(lambda: 1), "body takes no argument, expected (solve, *inputs)"),
        (lambda t: t.relation(3), "transform is a int, expected a function"),
    ],
)
def test_functions_of_a_kind_that_says_nothing_are_refused(declare, fault):
    t = Task("t", inputs=ONE)
    (found,) = refuse(lambda: declare(t))
    assert found.endswith(fault)


@pytest.mark.parametrize(
    ("expect", "fault"),
    [
        ("equals", "expect='equals' is unknown; known: decreasing, equal,"),
        (3, "expect is a int, expected a name, an expectation or a callable"),
        (None, "expect is a NoneType, expected a name, an expectation or a callable"),
        (lambda a: True, "expect takes (a), expected a plain function of (source_output,"),
        (lambda a, b, c: True, "expect takes (a, b, c), expected a plain function"),
        (lambda a, b, *, c: True, "expect takes (a, b, c), expected a plain function"),
        (later, "expect takes (values), expected a plain function"),
    ],
)
def test_an_expectation_of_a_wrong_kind_is_refused(expect, fault):
    (found,) = refuse(lambda: MetamorphicRelation("r", identity, expect))
    assert found.startswith(f"relation 'r': {fault}")


def test_a_relation_with_several_sources_needs_an_expectation_of_its_own():
    assert refuse(lambda: MetamorphicRelation("r", lambda a, b: a, sources=2)) == [
        (
            "relation 'r': with 2 sources, expect must be a function of (source_outputs, "
            "followup_output)"
        )
    ]
    assert refuse(
        lambda: MetamorphicRelation("r", lambda a: a, lambda outs, out: True, sources=2)
    ) == ["relation 'r': transform takes (a), expected 2 argument tuples"]
    assert refuse(lambda: MetamorphicRelation("r", identity, sources="2")) == [
        "relation 'r': sources='2', expected a number from 1"
    ]


def test_a_random_generator_that_nobody_takes_is_refused():
    assert refuse(lambda: MetamorphicRelation("r", lambda x: (x,), accepts_rng=True)) == [
        "relation 'r': accepts_rng=True, but transform takes (x), no rng"
    ]


def test_a_second_declaration_of_a_name_says_where_the_first_is():
    t = Task("t", inputs=ONE)
    t.relation(name="same")(identity)
    (fault,) = refuse(lambda: t.property(name="same")(lambda out: True))
    assert fault.startswith(f"a second 'same' is declared; the first is at {HERE}:")


def test_a_declaration_is_reported_with_the_line_of_its_call():
    with pytest.raises(TaskError) as caught:
        Task(
            "t",
            inputs=[],
        )
    _, _, line = caught.value.location.rpartition(":")
    assert HERE.read_text().splitlines()[int(line) - 1].strip() == "Task("


def test_a_decorated_declaration_is_reported_with_its_task_and_its_own_line():
    t = Task("t", inputs=ONE)

    def too_many(x, y):
        return x, y

    with pytest.raises(TaskError) as caught:
        t.relation(too_many)
    assert caught.value.task == "t"
    assert caught.value.location == f"{HERE}:{too_many.__code__.co_firstlineno}"


def test_a_task_that_states_nothing_is_refused_with_its_line():
    t = Task("t", inputs=ONE)
    (fault,) = refuse(lambda: t.entries)
    assert fault == "no relations, properties or laws given"
    (fault,) = refuse(lambda: TaskSpec("t", lambda n, seed: ONE, [], []))
    assert fault == "no relations, properties or laws given"


def test_an_example_that_does_not_fit_is_refused():
    t = Task("t", inputs=TWO)
    two = t.relation(sources=2, expect=lambda outs, out: True, name="pair")(lambda a, b: a)
    one = t.relation(name="single")(identity)
    assert refuse(lambda: Task("t", inputs=ONE, examples=[(1, 2)])) == [
        "examples[0] has 2 arguments, inputs have 1"
    ]
    assert refuse(lambda: t.example(1)(one)) == [
        "example of 'single' has 1 argument, inputs have 2"
    ]
    assert refuse(lambda: t.example(1, 2)(two)) == [
        "source 1 in the example of 'pair' is a int, expected a tuple of arguments",
        "source 2 in the example of 'pair' is a int, expected a tuple of arguments",
    ]
    assert refuse(lambda: t.example((1, 2))(two)) == [
        "example of 'pair' must be 2 argument tuples, one per source"
    ]
    t.example((1, 2), (3, 4))(two)


def test_an_example_without_its_arguments_is_refused():
    t = Task("t", inputs=ONE)
    declared = t.relation(identity)
    assert refuse(lambda: t.example(declared)) == [
        "example needs the arguments: write @task.example(...)"
    ]


def test_an_example_of_a_function_that_is_never_declared_is_refused():
    t = Task("t", inputs=ONE)
    t.relation(identity)

    @t.example(1)
    def forgotten(x):
        return (x,)

    (fault,) = refuse(lambda: t.entries)
    assert fault == (
        "example(1,) is given to 'forgotten', which is no relation, property or law of this task"
    )


def test_a_strategy_may_refer_to_what_is_defined_further_down():
    t = Task("t", inputs=st.tuples(st.deferred(lambda: LATER)))
    t.relation(identity)
    assert len(t.entries) == 1


LATER = st.integers()


def test_a_comparison_whose_answer_is_dropped_is_refused():
    task = Task("t", inputs=TWO)

    def drops(output, x, y):
        total = x + y
        output == total  # noqa: B015 - what is to be refused

    def contains(before, after):
        after in before  # noqa: B015 - as above

    def looks(output, x, y):
        assert 0 <= x < y
        if output is None:
            return True
        while x < y:
            x += 1
        return any(one == x for one in (output, y)) and 0 < x < 9

    def raises(solve, x, y):
        with pytest.raises(TypeError):
            solve(x, y) < "a"  # noqa: B015 - it raises

    said = "drops what it compares in line"
    (fault,) = refuse(lambda: task.property(drops))
    assert fault.startswith(f"property 'drops' {said} {drops.__code__.co_firstlineno + 2}: ")
    (fault,) = refuse(lambda: task.relation(expect=contains)(identity))
    assert fault.startswith(f"expect of 'identity' {said}")
    task.property(looks)
    task.law(raises)
