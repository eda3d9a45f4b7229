"""The text of a violation, word for word: what a user reads to know what to do."""

import re
import shlex
import textwrap

import pytest

from pytest_metamorphic_guard.report.page import cut_list, cut_middle

CANDIDATE = """
import os
import random
import sys

calls = 0


def keep_first(xs, k):
    return xs[:k]


def identity(x):
    return x


def count_up(n):
    return list(range(n))


def letters(n):
    return "\\n".join(f"line {i} of {n}" for i in range(n))


def sentence(n):
    return "abc " * 30 + str(n) + " def" * 30


def table(n):
    return {f"key{i}": [i] * n for i in range(n)}


def array(n):
    import numpy as np
    values = np.arange(20.0).reshape(4, 5)
    values[2, 3] = n
    return values


def unicode(n):
    return "é☃" * n + "\\x1b[31m"


def raising(x):
    raise ValueError(f"cannot handle {x!r}")


def endless(x):
    while True:
        pass


def leaving(x):
    os._exit(3)


def talking(x):
    print("working on", x)
    print("\\x1b[31mcareful\\x1b[0m", file=sys.stderr)
    return x + 1


def flooding(x):
    for number in range(100):
        print("line", number, "x" * 100)
    return x


def remembering(x):
    global calls
    calls += 1
    return calls > 3


def wavering(x):
    return random.SystemRandom().random()
"""
BASELINE = """
def keep_first(xs, k):
    return sorted(xs)[:k]

def identity(x):
    return 0

def raising(x):
    return 0

def talking(x):
    return 0
"""


@pytest.fixture
def read(project, read_texts):
    """Run a task on one function of the candidate and return the text of its one violation."""

    def run(body, function, *options, inputs="[(4,)]", **words):
        project.write(new=CANDIDATE, old=BASELINE)
        project.write_task(body, inputs=inputs, function=repr(function), **words)
        result = project.run("--mg-candidate=new.py", *options)
        (text,) = read_texts(result).values()
        lines = text.splitlines()
        assert max(map(len, lines)) <= 80
        assert len(lines) <= 40
        assert "pytest_metamorphic_guard" not in text
        return text.replace(str(project.path), "PATH")

    return run


def dedent(text):
    return textwrap.dedent(text).strip()


MORE = """
@t.relation
def more(x):
    return (x + 1,)
"""


def test_a_relation_that_is_a_regression(read):
    text = read(
        '''
        @t.relation
        def reordered(xs, k):
            """The order of the input does not matter.

            Whatever it is.
            """
            return xs[::-1], k
        ''',
        "keep_first",
        "--mg-baseline=old.py",
        inputs="st.tuples(st.lists(st.integers()), st.integers(0, 20))",
    )
    assert text.partition("seen ")[0].strip() == dedent(
        """
        t: relation 'reordered' is violated by new.py

        relation    The order of the input does not matter
                    test_it.py:8

        source      xs = [0, 1], k = 1
        follow-up   xs = [1, 0], k = 1

        candidate   source    -> [0]
                    follow-up -> [1]

        expected    outputs are equal

        baseline    holds: a regression (old.py)
                    source    -> [0]
                    follow-up -> [0]
        """
    )
    seen, _, reproduce = text.partition("seen ")[2].partition("reproduce   ")
    assert seen.splitlines()[0].endswith("of this run; confirmed in a fresh process")
    assert "\n            shrunk in " in seen
    assert reproduce == (
        "pytest test_it.py::t::reordered --mg-candidate=new.py\n"
        "              --mg-baseline=old.py\n"
        "            @t.example([0, 1], 1)"
    )


def test_a_property_with_the_message_of_its_assert(read):
    text = read(
        '''
        @t.property
        def small(output, x):
            """Outputs are small"""
            assert output < 3
        ''',
        "identity",
        "--mg-baseline=old.py",
    )
    assert text == dedent(
        """
        t: property 'small' is violated by new.py

        property    Outputs are small
                    test_it.py:8

        source      x = 4

        candidate   source -> 4

        expected    Outputs are small
        found       assert 4 < 3

        baseline    holds: a regression (old.py)
                    source -> 0

        seen        in case 1 of this run; confirmed in a fresh process
        reproduce   pytest test_it.py::t::small --mg-candidate=new.py
                      --mg-baseline=old.py
                    @t.example(4)
        """
    )


def test_a_law_below_its_own_lines(read):
    text = read(
        '''
        @t.law
        def additive(solve, x):
            """Sums of outputs are outputs of sums"""
            assert solve(x) + solve(1) == solve(x + 2)
        ''',
        "identity",
        "--mg-baseline=old.py",
    )
    assert text == dedent(
        '''
        solve = <candidate new.py>, x = 4

            @t.law
            def additive(solve, x):
                """Sums of outputs are outputs of sums"""
        >       assert solve(x) + solve(1) == solve(x + 2)
        E       assert (4 + 1) == 6
        E        +  where 4 = <candidate new.py>(4)
        E        +  and   1 = <candidate new.py>(1)
        E        +  and   6 = <candidate new.py>((4 + 2))
        E       
        E       t: law 'additive' is violated by new.py
        E       
        E       law         Sums of outputs are outputs of sums
        E                   test_it.py:8
        E       
        E       input       x = 4
        E       candidate   solve(4) -> 4
        E                   solve(1) -> 1
        E                   solve(6) -> 6
        E       baseline    holds: a regression (old.py)
        E       
        E       seen        in case 1 of this run; confirmed in a fresh process
        E       reproduce   pytest test_it.py::t::additive --mg-candidate=new.py
        E                     --mg-baseline=old.py
        E                   @t.example(4)

        test_it.py:11: AssertionError
        '''  # noqa: W291 - pytest's own spaces
    )


TAIL = """
seen        in case 1 of this run; confirmed in a fresh process
reproduce   pytest test_it.py::t::more --mg-candidate=new.py
            @t.example({})
"""


def relation_text(source, outputs, expected, *, example=None):
    """Return the text of the relation ``more`` without a baseline."""
    blocks = [
        "t: relation 'more' is violated by new.py",
        "relation    test_it.py:8",
        f"source      x = {source}\nfollow-up   x = {source + 1}",
        dedent(outputs),
        dedent(expected),
        TAIL.format(example or source).strip(),
    ]
    return "\n\n".join(blocks)


def test_a_long_list(read):
    assert read(MORE, "count_up", inputs="[(100,)]") == relation_text(
        100,
        """
        candidate   source    -> [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                                 ... 5 lines left out ...
                                  87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98,
                                  99]
                    follow-up -> [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                                 ... 5 lines left out ...
                                  87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98,
                                  99, 100]
        """,
        """
        expected    outputs are equal
        difference  100 elements become 101
        """,
    )


def test_a_text_of_several_lines(read):
    text = read(MORE, "letters", inputs="[(3,)]")
    assert text == relation_text(
        3,
        r"""
        candidate   source    -> 'line 0 of 3\nline 1 of 3\nline 2 of 3'
                    follow-up -> ('line 0 of 4\nline 1 of 4\n'
                                     'line 2 of 4\nline 3 of 4')
        """,
        """
        expected    outputs are equal
        difference  at line 1:
                    - line 0 of 3
                    - line 1 of 3
                    - ... 1 more
                    + line 0 of 4
                    + line 1 of 4
                    + ... 2 more
        """,
    )


def test_a_long_text(read):
    text = read(MORE, "sentence")
    assert (
        "difference  at character 120: 'abc abc abc abc abc 4 def def def def '\n"
        "                      becomes 'abc abc abc abc abc 5 def def def def '\n"
    ) in text


def test_a_dict(read):
    text = read(MORE, "table", inputs="[(12,)]")
    assert (
        "difference  key 'key12' is new\n"
        "            ['key0'] 12 elements become 13\n"
        "            ['key1'] 12 elements become 13\n"
        "            ['key2'] 12 elements become 13\n"
        "            12 values differ\n"
    ) in text


def test_a_numpy_array(read):
    assert read(MORE, "array") == relation_text(
        4,
        """
        candidate   source    -> np.array([[0.0, 1.0, 2.0, 3.0, 4.0], [5.0, 6.0,
                                 7.0, 8.0, 9.0], [10.0, 11.0, 12.0, 4.0, 14.0],
                                 [15.0, 16.0, 17.0, 18.0, 19.0]])
                    follow-up -> np.array([[0.0, 1.0, 2.0, 3.0, 4.0], [5.0, 6.0,
                                 7.0, 8.0, 9.0], [10.0, 11.0, 12.0, 5.0, 14.0],
                                 [15.0, 16.0, 17.0, 18.0, 19.0]])
        """,
        """
        expected    outputs are equal
        difference  1 of 20 elements differ
                    [2, 3] 4.0 becomes 5.0
        """,
    )


def test_characters_that_steer_a_terminal_are_escaped(read):
    assert read(MORE, "unicode") == relation_text(
        4,
        r"""
        candidate   source    -> 'é☃é☃é☃é☃\x1b[31m'
                    follow-up -> 'é☃é☃é☃é☃é☃\x1b[31m'
        """,
        "expected    outputs are equal",
    )


def test_a_candidate_that_raises(read):
    text = read(MORE, "raising", "--mg-baseline=old.py")
    shown = re.sub(r'File "\.\.\..*/new\.py", line \d+', 'File "...PATH/new.py", line 49', text)
    assert shown == dedent(
        """
        t: relation 'more' is violated by new.py

        relation    test_it.py:8

        source      x = 4

        candidate   source -> ValueError: cannot handle 4

        expected    every call returns
        traceback   Traceback (most recent call last):
                      File "...PATH/new.py", line 49, in raising
                        raise ValueError(f"cannot handle {x!r}")
                    ValueError: cannot handle 4

        baseline    holds: a regression (old.py)
                    source    -> 0
                    follow-up -> 0

        seen        in case 1 of this run; confirmed in a fresh process
        reproduce   pytest test_it.py::t::more --mg-candidate=new.py
                      --mg-baseline=old.py
                    @t.example(4)
        """
    )


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("endless", "timed out after 0.3 s"),
        ("leaving", "exited with status 3 without returning"),
    ],
)
def test_a_candidate_that_does_not_return(read, function, said):
    assert read(MORE, function, timeout_s=0.3) == dedent(
        f"""
        t: relation 'more' is violated by new.py

        relation    test_it.py:8

        source      x = 4

        candidate   source -> {said}

        expected    every call returns

        seen        in case 1 of this run; confirmed in a fresh process
        reproduce   pytest test_it.py::t::more --mg-candidate=new.py
                    @t.example(4)
        """
    )


def test_a_candidate_that_prints(read):
    assert read(MORE, "talking") == relation_text(
        4,
        """
        candidate   source    -> 5
                    follow-up -> 6
        """,
        r"""
        expected    outputs are equal
        stdout      working on 4
                    working on 5
        stderr      \x1b[31mcareful\x1b[0m
                    \x1b[31mcareful\x1b[0m
        """,
    )


def test_a_candidate_that_prints_a_flood(read):
    text = read(MORE, "flooding")
    assert "stdout      ... 197 lines left out ...\n            line 97 xxxx" in text


def test_a_baseline_that_violates_in_the_same_way(read):
    text = read(MORE, "identity", "--mg-baseline=new.py:identity")
    assert (
        "baseline    violates it too, in the same way: no regression\n"
        "              (new.py:identity)\n\nseen "
    ) in text


def test_a_baseline_that_violates_in_another_way(read):
    text = read(MORE, "identity", "--mg-baseline=new.py:talking")
    assert (
        "baseline    violates it too: no regression (new.py:talking)\n"
        "            source    -> 5\n"
        "            follow-up -> 6\n"
    ) in text


def test_a_candidate_that_depends_on_earlier_calls(read):
    text = read(MORE, "remembering", inputs="[(1,), (2,), (3,), (4,)]")
    assert (
        "seen        in case 2 of this run; NOT seen in a fresh process: the\n"
        "              candidate depends on earlier calls or on chance\n"
    ) in text


def test_a_candidate_whose_outputs_change(read):
    text = read(MORE, "wavering")
    assert (
        "seen        in case 1 of this run; confirmed in a fresh process\n"
        "            its outputs change from run to run: the candidate is not\n"
        "              deterministic\n"
    ) in text


def test_a_candidate_that_violates_at_random(read):
    text = read(
        """
        @t.property
        def other(output, x):
            if not seen:
                seen.append(output)
            return output != seen[0]

        seen = []
        """,
        "wavering",
    )
    assert "NOT seen again: the candidate is not deterministic" in " ".join(text.split())


def test_an_executor_without_fresh_processes(read):
    text = read(MORE, "identity", "--mg-executor=inprocess", "-W", "ignore")
    assert "seen        in case 1 of this run; " in text
    assert "--mg-executor=inprocess" in text


def test_several_sources_and_follow_ups_are_numbered(read):
    text = read(
        """
        @t.relation(sources=2, expect=lambda outs, others: False)
        def swapped(a, b):
            yield b
            yield a

        @t.property
        def named(output, value):
            return True
        """,
        "identity",
        "-k",
        "swapped",
        inputs="[(1,), (2,)]",
    )
    assert text == dedent(
        """
        t: relation 'swapped' is violated by new.py

        relation    test_it.py:8

        source 1    value = 1
        source 2    value = 2
        follow-up 1 value = 2
        follow-up 2 value = 1

        candidate   source 1    -> 1
                    source 2    -> 2
                    follow-up 1 -> 2
                    follow-up 2 -> 1

        expected    expect(source_output, followup_output) is true
        found       follow-up 1: not as expected

        seen        in case 1 of this run; confirmed in a fresh process
        reproduce   pytest test_it.py::t::swapped --mg-candidate=new.py
                    @t.example((1,), (2,))
        """
    )


def test_formatters_of_the_task_write_inputs_and_outputs(read):
    text = read(
        MORE, "identity", format_output="lambda out: f'<{out}>'", format_input="lambda args: 'IN'"
    )
    assert "source    -> <4>" in text


def test_a_formatter_that_raises_is_left_out(read):
    text = read(MORE, "identity", format_output="lambda out: 1 // 0")
    assert "source    -> 4" in text


HARD_INPUTS = {
    "text": "[('ab  cd \\'\"\\\\ \\t é ☃ ' * 12,)]",
    "bytes": "[(bytes(range(256)),)]",
    "floats": "[([float('nan'), float('inf'), -0.0, 1e300] * 12,)]",
    "nested": "[({'key' * 9: [(1, {'a': None}), {2, 3}] * 5},)]",
    "array": "[(np.arange(60.0).reshape(6, 10),)]",
    "small_ints": "[(np.arange(40, dtype='int8'),)]",
    "dates": "[(np.array(['2026-01-01', 'NaT'], 'M8[D]'),)]",
    "many_words": "[(['word' * n for n in range(15)],)]",
}


@pytest.mark.parametrize("inputs", HARD_INPUTS.values(), ids=HARD_INPUTS)
def test_the_command_and_the_example_reproduce_the_violation(project, read, read_texts, inputs):
    declared = """
        @t.relation(expect="not_equal")
        def same(x):
            return (x,)
        """
    text = read(declared, "identity", inputs=inputs)
    command, _, example = text.partition("reproduce   ")[2].partition("@t.example(")
    words = shlex.split(command)
    assert words[0] == "pytest"
    project.write_task(
        f"@t.example({example}\n" + textwrap.dedent(declared).strip() + "\n",
        inputs="[(None,)]",
        function="'identity'",
        precondition="lambda x: x is not None",
    )
    again = project.run(*words[1:])
    again.assert_outcomes(failed=1)
    shown = read_texts(again)["same"]
    assert "in case 1 of this run; confirmed" in shown
    between = [t.partition("source ")[2].partition("expected")[0] for t in (text, shown)]
    assert between[0] == between[1]


def test_a_spec_is_reproduced_by_a_list_of_examples(project, read_texts):
    project.write(
        echo="def solve(x):\n    return x\n",
        test_spec="""
        from pytest_metamorphic_guard import MetamorphicRelation, TaskSpec

        spec = TaskSpec(
            "s", lambda n, seed: [(1,)], [], [MetamorphicRelation("more", lambda x: (x + 1,))]
        )
        """,
    )
    (text,) = read_texts(project.run("--mg-candidate=echo.py")).values()
    assert text.endswith("            examples=[(1,)]")


def test_names_that_have_no_room_are_counted_and_not_cut():
    names = [f"answer_{number}.py" for number in range(1, 8)]
    assert cut_list(names[:3], 60) == "answer_1.py, answer_2.py, answer_3.py"
    assert cut_list(names, 60) == "answer_1.py, answer_2.py, answer_3.py and 4 more"
    assert cut_list(["a" * 80], 60) == cut_middle("a" * 80, 60)
