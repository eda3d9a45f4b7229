"""Methods, coroutines, generators and arguments by name, from a task to the decision."""

import asyncio

import pytest

from pytest_metamorphic_guard import Call, EvaluationConfig, Implementation, Task, TaskError, run

OLD = """
def total(xs):
    return sum(xs)

def squares(xs):
    return [x * x for x in xs]

def scale(xs, *, factor, offset=0):
    return [x * factor + offset for x in xs]

def encode(text):
    return text[::-1]

def decode(text):
    return text[::-1]

def primes(limit):
    while True:
        yield limit

def maker(xs):
    return lambda: xs
"""
NEW = """
import asyncio

class Sums:
    def __init__(self, start=0):
        self.start = start
        self.calls = 0

    def total(self, xs):
        self.calls += 1
        return self.start + sum(xs) + (self.calls - 1)

async def squares(xs):
    for x in xs:
        await asyncio.sleep(0)
        yield x * x

async def scale(xs, *, offset=0, factor):
    await asyncio.sleep(0)
    return [x * factor + offset for x in xs]

def encode(text):
    return text[::-1]

def decode(text):
    return text[::-1].replace("b", "a")

primes = squares
maker = squares
"""
TASKS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Call, Task, round_trip

lists = st.lists(st.integers(0, 9), max_size=4)
total = Task("total", inputs=st.tuples(lists), function="total")
squares = Task("squares", inputs=st.tuples(lists), function="squares")
factors = st.integers(1, 3)
named = Task("named", inputs={"xs": lists, "factor": factors}, function="scale")
called = Task(
    "called", inputs=st.builds(Call, lists, factor=factors), function="scale", agreement=True
)

@called.relation(expect=lambda before, after: after == [2 * x for x in before])
def twice(xs, factor):
    return (xs, 2 * factor)

@called.relation(expect=lambda before, after: after == [x + 1 for x in before])
def moved(xs, factor):
    return Call(xs, factor=factor, offset=1)

@called.property
def as_long(output, xs, factor):
    return len(output) == len(xs)

@called.law
def by_name(solve, xs, factor):
    assert solve(xs, factor=factor) == solve(Call(xs, factor=factor, offset=0))
"""
SEVERAL = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task, round_trip

texts = st.tuples(st.text("ab", max_size=4))
coding = Task("coding", inputs=texts, functions=["encode", "decode"])
coding.add(round_trip())

@coding.law
def turns_back(encode, decode, text):
    assert decode(encode(text)) == text

@coding.law
def other_way(decode, encode, text):
    assert encode(decode(text)) == text

@coding.law
def keeps_length(solve, text, request):
    assert request.node
    assert len(solve(text)) == len(text)
"""


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_all_kinds_of_functions_are_compared_and_adopted(project, executor):
    project.write(old=OLD, new=NEW, test_it=TASKS)
    arguments = [
        "--mg-baseline=old.py", "--mg-candidate=new.py", "--mg-candidate=total=new.py:Sums.total",
        f"--mg-executor={executor}", "-Wignore", "--mg-n=100", "--mg-gate",
    ]  # fmt: skip
    result = project.run(*arguments)
    result.assert_outcomes(passed=9)
    result.stdout.fnmatch_lines(["ADOPT: *"])
    if executor == "local":
        result = project.spawn(*arguments[:3], "-n2", "--mg-n=10")
        result.assert_outcomes(passed=8)


def test_what_differs_by_kind_is_refused_or_violated_in_a_sentence(project):
    project.write(
        old=OLD,
        new=NEW,
        test_it="""
            from pytest_metamorphic_guard import Call, Task
            endless = Task("endless", inputs=[(3,)], function="primes", max_items=9)
            maker = Task("maker", inputs=[([3],)], function="maker")
            scale = Task("scale", inputs=[Call([3], factor=2)], function="scale")
            made = Task("made", inputs=[(3,)], function="Sums.total", construct=lambda x: x)
        """,
    )
    result = project.run("--mg-baseline=old.py", "--mg-candidate=new.py", "-Wignore", "--mg-gate")
    text = " ".join(result.stdout.str().split())
    assert "the baseline gave no answer to agree with: returned an iterator of more than 9" in text
    assert "name a function that calls it, and return what that returns" in text
    assert "construct is 3, expected a tuple of arguments" in text
    assert "ADOPT" not in text
    result.assert_outcomes(passed=1, failed=4)


def test_a_law_receives_several_functions_by_name(project):
    project.write(old=OLD, new=NEW, test_it=SEVERAL)
    result = project.run("--mg-candidate=new.py", "--mg-baseline=old.py")
    result.assert_outcomes(passed=1, failed=3)
    text = result.stdout.str()
    for said in (
        "input       text = 'b'",
        "candidate   encode('b') -> 'b'",
        "found       decode('b') gives 'a'",
        "encode = <encode of candidate new.py>, decode = <decode of candidate new.py>",
        "decode(encode(text)) == text",
    ):
        assert said in text
    project.run("--mg-candidate=old.py").assert_outcomes(passed=4)


def test_what_a_task_sets_up_is_there_for_every_call_of_its_entries(project):
    project.write(
        model="""
            loaded = []

            def load():
                loaded.append(7)

            def more():
                loaded.append(1)

            def solve(x):
                return x * sum(loaded[:1])
        """,
        test_it="""
            from pytest_metamorphic_guard import Task
            first = Task("first", inputs=[(1,), (2,)], setup="load")
            second = Task("second", inputs=[(1,), (2,)], setup="more")

            @first.property
            @second.property
            def seven(output, x):
                assert output == 7 * x

            @first.law
            def law(solve, x):
                assert solve(x) == 7 * x

            missing = Task("missing", inputs=[(1,)], setup="lode")
            missing.property(seven)
        """,
    )
    for options in ((), ('--mg-executor-config={"isolation": "fork"}',)):
        result = project.run("--mg-candidate=model.py", "-k", "not missing", *options)
        result.assert_outcomes(passed=3, deselected=1)
    result = project.run("--mg-candidate=model.py", "-k", "missing", "--mg-executor=inprocess")
    text = " ".join(result.stdout.str().split())
    assert "Task(setup=...) names the function 'lode', which it does not have" in text


def test_a_call_is_written_as_it_is_read_and_its_violation_is_played_again(project):
    project.write(
        new="def solve(x, *, by):\n    return x if x > 3 and by > 4 else 0\n",
        test_it="""
            from hypothesis import strategies as st
            from pytest_metamorphic_guard import Call, Task
            whole = st.integers(0, 9)
            t = Task("t", inputs=st.builds(Call, whole, by=whole))
            @t.property
            def small(output, x, by):
                return output == 0
        """,
    )
    for run_pytest, more in ((project.run, ()), (project.spawn, ("-n2",))):
        result = run_pytest("--mg-candidate=new.py", *more)
        result.stdout.fnmatch_lines(["source *x = 4, by = 5", "*@t.example(Call(4, by=5))"])


def test_a_method_takes_named_inputs_and_is_seen_to_change_what_it_is_given(project):
    project.write(
        new="""
            class Base:
                def inherited(self, b, a):
                    return a - b

            class Tool(Base):
                def take(self, *, b, a):
                    return a - b

                def sort(self, xs):
                    xs.sort()
                    return xs

                async def __call__(self, b, a):
                    return a - b
        """,
        test_it="""
            from hypothesis import strategies as st
            from pytest_metamorphic_guard import Call, Task, keeps_arguments

            named = {"a": st.integers(0, 9), "b": st.integers(0, 9)}
            for function in ("Tool.take", "Tool", "Tool.inherited"):
                task = Task(function.replace(".", "_"), inputs=named, function=function)
                globals()[task.name] = task

                @task.property
                def difference(output, a, b):
                    return output == a - b

                task.example(1, b=2)(difference)

            kept = Task("kept", inputs=[([2, 1],)], function="Tool.sort", construct=())
            kept.add(keeps_arguments())
        """,
    )
    for executor in ("local", "inprocess"):
        result = project.run("--mg-candidate=new.py", f"--mg-executor={executor}", "-Wignore")
        result.assert_outcomes(passed=2, failed=2)
        text = " ".join(result.stdout.str().split())
        assert "Tool.inherited: its parameters cannot be read, so the inputs a, b cannot" in text
        assert "kept: property 'keeps_arguments' is violated by new.py" in text


def test_from_python_a_class_its_method_and_a_call(tmp_path):
    path = tmp_path / "sums.py"
    path.write_text(NEW)
    old = tmp_path / "old.py"
    old.write_text(OLD)
    task = Task("total", inputs=[([1, 2],), ([],)], function="total", construct={"start": 0})
    method, old = Implementation.from_path(path, "Sums.total"), Implementation.from_path(old)
    result = run(task, old, method)
    assert result.adopt, result.reason
    assert Implementation.from_callable(asyncio.Runner.run).function == "Runner.run"
    assert repr(Call(1, "a", key=[2])) == "Call(1, 'a', key=[2])"
    assert Call(1, key=2) != Call(1, other=2)
    assert Call(1, key=2).named == {"key": 2}

    async def inside():
        config = EvaluationConfig(executor="inprocess")
        squares = Task("squares", inputs=[([1, 2],)], function="squares")
        return run(squares, old, Implementation.from_path(path), config)

    result = asyncio.run(inside())
    assert result.adopt, result.reason


def test_wrong_words_are_refused_at_their_line():
    with pytest.raises(TaskError) as caught:
        Task("t", inputs=[(1,)], construct=5, max_items=0, functions=["a-b"], function="A.")
    text = str(caught.value)
    for fault in (
        "construct is 5, expected a tuple of arguments, a dict of those by name, Call(...)",
        "max_items=0, expected a whole number from 1",
        "functions=('a-b',), expected names of functions",
        "function='A.' is not the name of a function",
    ):
        assert fault in text


def test_a_method_and_an_attribute_of_one_name_do_not_agree(project):
    """Whoever calls `account.size()` would get an exception."""
    old = """
        class Account:
            def __init__(self):
                self.total = 0

            def put(self, amount):
                self.total += amount

            {mark}
            def size(self{more}):
                return self.total
    """
    project.write(
        old=old.format(mark="", more=", unit=1"),
        new=old.format(mark="@property", more=""),
        test_it="from pytest_metamorphic_guard import Task\n"
        "read = Task('read', function='Account', operations=[[('put', (3,)), ('size', ())]])\n"
        "told = Task('told', function='Account', operations=[[('put', (3,)), ('size', (1,))]])\n",
    )
    options = ("--mg-candidate=new.py", "--mg-gate", "--mg-executor=inprocess", "-Wignore")

    wrong = project.run("--mg-baseline=old.py", *options)
    text = " ".join(wrong.stdout.str().split())
    assert wrong.ret == 1
    assert "size: of the candidate it is a value that is read, of the baseline a method" in text
    assert "size(1): the candidate raises TypeError: 'int' object is not callable" in text
    assert "REJECT: " in text
    plain = ("--mg-candidate=new.py", "--mg-baseline=new.py", "-k", "read", *options[2:])
    project.run(*plain).assert_outcomes(passed=1, deselected=1)
