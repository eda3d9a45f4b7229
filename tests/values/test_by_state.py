"""Objects of a candidate's own classes are compared by their attributes where a task says so."""

import collections
import functools
import re
import threading

import pytest

from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.values.wire import EncodeError, decode, encode
from pytest_metamorphic_guard.values.wire.settling import settle

OLD = """
class Item:
    __slots__ = ("name", "price", "unset")
    def __init__(self, name, price):
        self.name, self.price = name, price

class Basket:
    def __init__(self, items):
        self.items = items
        self.total = sum(item.price for item in items)
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 1

def solve(prices):
    return [Basket([Item(f"n{price}", price) for price in prices])]
"""
NEW = OLD.replace(
    "        self.items = items\n        self.total = sum(item.price for item in items)\n",
    "        self.total = sum(item.price for item in items)\n        self.items = items\n",
)
TASK = """
import hypothesis.strategies as st
from pytest_metamorphic_guard import Task

task = Task("basket", st.tuples(st.lists(st.integers(1, 99), min_size=1, max_size=3)){words})

@task.property
def sums(output, prices):
    basket, = output
    return basket.total >= 0 and basket.items[0].name.startswith("n")

@task.relation
def again(prices):
    return (prices,)

agreeing = Task("agreeing", [([1, 2],)]{words})
"""


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_a_task_says_that_objects_are_their_attributes(project, executor):
    project.write(
        old=OLD,
        new=NEW,
        wrong=NEW.replace("= name, price", "= name, price + (price == 2)"),
        test_basket="",
    )
    project.path.joinpath("test_basket.py").write_text(TASK.format(words=", by_state=True"))
    options = ("--mg-baseline=old.py", f"--mg-executor={executor}", "-Wignore", "test_basket.py")

    project.run("--mg-candidate=new.py", *options).assert_outcomes(passed=3)
    result = project.run("--mg-candidate=wrong.py", *options, "-k", "agreeing")

    assert "[0].items[1].price 2 becomes 3" in result.stdout.str()
    result.assert_outcomes(failed=1, deselected=2)
    project.path.joinpath("test_basket.py").write_text(TASK.format(words=""))
    result = project.run("--mg-candidate=new.py", *options, "-k", "agreeing")
    assert "Task(by_state=True)" in " ".join(result.stdout.str().split())


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_what_a_list_or_a_text_of_its_own_keeps_beside_belongs_to_its_state(project, executor):
    old = """
        import collections

        class Basket(list):
            currency = "USD"

        class Name(str):
            __slots__ = ("lang",)

        class Point(collections.namedtuple("Point", "x y")):
            pass

        def solve(which):
            value = [Basket([1]), Name("a"), Point(1, 2), Basket([1]), Point(1, 2)][which]
            if which < 3:
                value.{name} = {value}
            return value
    """
    project.write(
        old=old.format(name="lang", value="'en'"),
        new=old.format(name="lang", value="'de'"),
        test_it="from pytest_metamorphic_guard import Task\n"
        "t = Task('t', inputs=[(n,) for n in range(5)], by_state=True)\n",
    )
    options = ("--mg-baseline=old.py", f"--mg-executor={executor}", "-Wignore", "--mg-gate")

    wrong = project.run("--mg-candidate=new.py", "--mg-shrink=off", *options)
    right = project.run("--mg-candidate=old.py", *options)

    wrong.stdout.fnmatch_lines(["REJECT: 3 regressions in 5 inputs*"])
    assert "INCONCLUSIVE" not in right.stdout.str()
    assert "REJECT" not in right.stdout.str()


class Plain:
    kind = "a class's own"

    def __init__(self, **named):
        for name, value in named.items():
            setattr(self, name, value)

    @property
    def bomb(self):
        raise SystemExit

    def __getattribute__(self, name):
        raise SystemExit


class Slotted(Plain):
    __slots__ = ("_Slotted__hidden", "later")


class Partial(functools.partial):
    pass


class Holder(threading.local):
    pass


def test_state_is_attributes_and_slots_that_are_set_and_no_property_is_asked():
    value = Slotted(b=[Plain(x=1)], a=2.5)
    value.later = "set"

    for arrived in (decode(encode(value, by_state=True)), settle(value, by_state=True)):
        assert type(arrived) is Record
        assert [name for name, _ in arrived.fields] == ["a", "b", "later"]
        assert arrived.b == [Record("object", "Plain", (("x", 1),))]
    same = decode(encode(Slotted(b=[Plain(x=1)], a=2.5), by_state=True))
    assert not equal_values(arrived, same)
    assert type(decode(encode(value))) is Opaque


@pytest.mark.parametrize(
    "value",
    [Partial(print), Holder(), re.match("a", "a"), threading.Lock(), print, Plain, iter([])],
)
def test_what_may_keep_more_than_attributes_stays_opaque(value):
    assert type(decode(encode([value], by_state=True))[0]) is Opaque


def test_objects_that_hold_each_other_are_refused():
    first, second = Plain(), Plain()
    for one, other in ((first, second), (second, first)):
        one.other = other

    with pytest.raises(EncodeError, match="contains itself"):
        encode(first, by_state=True)
    deep = collections.ChainMap({"deep": first})
    with pytest.raises(EncodeError, match="contains itself"):
        encode(deep, by_state=True)


def test_a_task_that_says_it_wrongly_is_refused(project):
    project.path.joinpath("test_basket.py").write_text(TASK.format(words=", by_state='Basket'"))
    project.write(old=OLD)
    result = project.run("--mg-candidate=old.py", "test_basket.py")
    assert "by_state='Basket', expected True or False" in result.stdout.str()
