"""What can be called, and what comes of a result that is no answer yet, on every level."""

import pytest

from pytest_metamorphic_guard.contracts.arguments import DirectedArguments, Directions
from pytest_metamorphic_guard.contracts.outcomes import Crashed, PluginIdentity, to_outcome
from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor
from pytest_metamorphic_guard.executors.local import LocalExecutor
from pytest_metamorphic_guard.executors.local.responses import ForgedError
from pytest_metamorphic_guard.executors.local.step_answers import read_steps
from pytest_metamorphic_guard.runner.step_answers import read_step_answers
from pytest_metamorphic_guard.values.wire import Limits

SOURCE = """
import functools

class Tally:
    made = 0

    def __init__(self, start=10, *, step=1):
        Tally.made += 1
        self.count, self.step = start, step

    def add(self, amount):
        self.count += amount * self.step
        return self.count

    async def add_later(self, amount):
        return self.add(amount)

    @staticmethod
    def double(amount):
        return 2 * amount

    @classmethod
    def name(cls, amount):
        return f"{cls.__name__} {amount}"

    @functools.cache
    def cached(self, amount):
        return self.count + amount

    class Inner:
        def __call__(self, amount):
            return -amount

    def log(self):
        self.entries = getattr(self, "entries", [])
        return self.entries

    def note(self, text):
        self.log().append(text)

    def items(self):
        yield from range(3)

    def endless(self):
        while True:
            yield 1

class Needy:
    def __init__(self, size):
        raise TypeError("no")

    def get(self):
        return 1

class Point:
    def __init__(self, x):
        self.x = x

tally = Tally(100)
power = functools.partial(pow, 2)
negate = Tally.Inner()
length = abs

def decorate(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args) + 0.5
    return inner

@decorate
def decorated(x):
    return x

async def later(x):
    import asyncio
    asyncio.create_task(never())
    await asyncio.sleep(0)
    return [x, len(asyncio.all_tasks())]

async def never():
    import asyncio
    await asyncio.sleep(1000)

async def fails(x):
    raise KeyError(x)

class Promise:
    def __await__(self):
        yield from ()
        return 7

def promise(x):
    return Promise()

def generator(x):
    yield from range(x)

async def generator_later(x):
    for i in range(x):
        yield i

async def iterator_later(x):
    return iter(range(x))

def mapped(x):
    return map(str, range(x))

def endless(x):
    while True:
        yield x

async def endless_later(x):
    while True:
        yield x

def breaks(x):
    yield 1
    raise LookupError("no more")

def named(a, /, b, *, key, other=0):
    return [a, b, key, other]

def make(start=1):
    return Tally(start)
"""

LEVELS = ["worker", "fork", "fresh", "spawn", "none", "inprocess"]


@pytest.fixture(params=LEVELS)
def call(request, candidates):
    path = candidates.write(SOURCE)
    if request.param == "inprocess":
        executor = InprocessExecutor()
    else:
        executor = LocalExecutor({"isolation": request.param})

    def make(function, *args, **directions):
        if directions:
            args = DirectedArguments.of(args, Directions(**directions))
        return executor.execute(path, function, args, 20, 512)

    yield make
    if request.param != "inprocess":
        executor.close()


CALLS = {
    "Tally.add": 13,
    "Tally.add_later": 13,
    "Tally.double": 6,
    "Tally.name": "Tally 3",
    "Tally.cached": 13,
    "Tally.Inner": -3,
    "tally.double": 6,
    "power": 8,
    "negate": -3,
    "length": 3,
    "decorated": 3.5,
    "later": [3, 2],
    "promise": 7,
    "generator": [0, 1, 2],
    "generator_later": [0, 1, 2],
    "iterator_later": [0, 1, 2],
    "mapped": ["0", "1", "2"],
}


def test_each_kind_of_function_gives_its_answer_call_after_call(call, request):
    # Where each call has an interpreter of its own, what one leaves is nowhere.
    for _ in range(1 if "spawn" in request.node.name else 2):
        found = {name: call(name, 3) for name in CALLS}
        assert {name: payload["result"] for name, payload in found.items()} == CALLS


def test_what_has_no_answer_says_so_in_a_sentence(call):
    for name in ("endless", "endless_later"):
        payload = call(name, 3)
        assert payload["error_type"] == "result_endless"
        assert (
            "more than 100,000 items, which is the limit: Task(max_items=...)" in (payload["error"])
        )
    assert "more than 2 items" in call("generator", 3, most_items=2)["error"]
    assert call("generator", 3, most_items=3)["result"] == [0, 1, 2]
    assert call("breaks", 3)["error"] == "LookupError: no more"
    assert call("fails", 3)["exception_type"] == "KeyError"
    assert "asyncio" not in call("fails", 3)["traceback"]
    for name, said in {
        "Tally.ad": "has no function 'Tally.ad'. Did you mean 'Tally.add'?",
        "Tally.made": "'Tally.made' in ",
        "tally.x.y": "has no function 'tally.x.y'",
    }.items():
        payload = call(name, 3)
        assert payload["error_type"] == "function_missing"
        assert said in payload["error"]


def test_objects_are_made_as_the_directions_say(call):
    made = {"construct": ((100,), {"step": 2})}
    assert call("Tally.add", 3, **made)["result"] == 106
    assert call("Tally.double", 3, **made)["result"] == 6
    assert call("named", 1, 2, 3, keywords=("key",))["result"] == [1, 2, 3, 0]
    assert call("named", 1, 2, 3, 4, keywords=("key", "other"))["result"] == [1, 2, 3, 4]
    assert "missing 1 required keyword-only" in call("named", 1, 2)["error"]
    for name, steps in (("Needy.get", False), ("Needy", True)):
        payload = call(name, [("get", (), {})], steps=steps)
        assert payload["error_type"] == "function_missing"
        assert (
            "missing 1 required positional argument: 'size'; Task(construct=...) says"
            in (payload["error"])
        )
    assert call("Needy.get", construct=((1,), {}))["error"] == "TypeError: no"
    payload = call("Point", 3, construct=((1,), {}))
    assert "is a class whose objects cannot be called: name a method" in payload["error"]


def test_steps_are_done_on_one_object_and_each_has_its_answer(call):
    steps = [
        ("add", (1,), {}),
        ("add", ("x",), {}),
        ("add", (), {"amount": 2}),
        ("note", ("a",), {}),
        ("log", (), {}),
        ("note", ("b",), {}),
        ("log", (), {}),
        ("count", (), {}),
        ("add_later", (1,), {}),
        ("items", (), {}),
        ("name", (5,), {}),
    ]
    payload = call("Tally", steps, steps=True)
    answers = payload["result"]
    raised = answers.pop(1)
    assert raised["exception_type"] == "TypeError"
    assert raised["exception_bases"][0] == "Exception"
    # What a step returned stays what it was, whatever a later one does with it.
    expected = [11, 13, None, ["a"], None, ["a", "b"], 13, 14, [0, 1, 2], "Tally 5"]
    assert [answer["value"] for answer in answers] == expected
    # A value that is read is not what a method returns.
    assert [answer["value"] for answer in answers if answer.get("read")] == [13]
    called = call("Tally", [("count", (1,), {})], steps=True)
    assert "whose 'count' is no method" in called["error"]
    assert call("Tally", steps[:1], steps=True, construct=((5,), {}))["result"] == [{"value": 6}]
    assert call("make", steps[:1], steps=True)["result"] == [{"value": 2}]
    missing = call("Tally", [("ad", (), {})], steps=True)
    assert missing["error_type"] == "function_missing"
    assert "makes an object of class Tally, which has no method 'ad'" in missing["error"]
    assert call("Tally", [("endless", (), {})], steps=True)["error_type"] == "result_endless"


HEAVY = """
import enum
import os

imports = 0
setups = []

class Mode(enum.Enum):
    FAST = 1

async def load():
    setups.append(os.getpid())

def solve(x):
    return [x, len(setups)]

""" + "\n".join(f"class Kind{number}:\n    value = {number}\n" for number in range(3000))


@pytest.mark.parametrize("level", LEVELS)
def test_a_heavy_module_is_set_up_once_where_it_is_imported(candidates, level, recwarn):
    path = candidates.write(HEAVY)
    inprocess = level == "inprocess"
    executor = InprocessExecutor() if inprocess else LocalExecutor({"isolation": level})
    executor.set_up(path, ("load",))
    assert [executor.execute(path, "solve", (n,), 20, 512)["result"] for n in (1, 2)] == [
        [1, 1],
        [2, 1],
    ]
    executor.set_up(path, ("lode",))
    executor.restart()
    payload = executor.execute(path, "solve", (1,), 20, 512)
    assert payload["error_type"] == "import_error"
    assert "Task(setup=...) names the function 'lode', which it does not have" in payload["error"]
    if not inprocess:
        executor.close()


FORGED = [
    "x",
    [1],
    [(True, "no frame")],
    [("seen", b"\x01")],
    [(True, b"\xc1")],
    [(False, ("exception", "A", "b", "c"))],
    [(False, ("exception", 1, "b", "c", "d"))],
    [(2, b"\x01")],
]


@pytest.mark.parametrize("answer", FORGED)
def test_answers_of_steps_that_no_harness_sends_are_forged(answer):
    with pytest.raises(ForgedError):
        read_steps(answer, Limits())


def test_more_or_fewer_answers_than_steps_are_a_crash():
    payload = {"success": True, "result": [{"value": 1}, {"value": 2}]}
    identity = PluginIdentity("executor", "any")
    outcome = to_outcome(payload, identity)
    assert read_step_answers(outcome, 2, identity).value == [1, 2]
    for count in (1, 3):
        crashed = read_step_answers(outcome, count, identity)
        assert isinstance(crashed, Crashed)
        assert crashed.error == f"answered 2 of {count} steps"
