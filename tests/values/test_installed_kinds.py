"""Kinds of values that distributions add: found by entry point, and as harmless as ours."""

import re
import textwrap

import msgpack
import pytest

from pytest_metamorphic_guard.values import lookup
from pytest_metamorphic_guard.values.frames import KIND, DecodeError
from pytest_metamorphic_guard.values.wire import EncodeError, Limits, decode, encode

MONEY = """
    class Money:
        # What it overrides nobody asks.
        __slots__ = ("amount", "currency")

        def __init__(self, amount, currency):
            self.amount, self.currency = amount, currency

        def __eq__(self, other):
            return True

        def __repr__(self):
            return f"<{self.amount} {self.currency}>"
"""
KIND_OF_MONEY = """
    from shop.prices import Money

    types = (Money,)
    names = ("amount", "currency")

    def take_apart(money):
        return money.amount, money.currency

    def put_together(amount, currency):
        if type(amount) not in (int, float) or type(currency) is not str:
            raise ValueError("no money")
        return Money(amount, currency)

    def to_source(money, write):
        return f"Money({write(money.amount)}, {write(money.currency)})"
"""
RISING = """
from shop.prices import Money

def solve(n):
    return [Money(i + 0.5 * (n > 50 and i == 7), "EUR") for i in range(20)]
"""
MORE = """
@t.relation
def more(n):
    return n + 100,
"""


class Shop:
    """A distribution with a type, and a kind of value for it."""

    def __init__(self, folder):
        self.folder = folder
        self.write("shop/__init__.py", "")
        self.write("shop/prices.py", MONEY)
        self.write("shop_kind.py", KIND_OF_MONEY)
        info = "Metadata-Version: 2.1\nName: shop-values\nVersion: 1.0\n"
        self.write("shop_values-1.0.dist-info/METADATA", info)
        self.offer("shop.prices", "shop_kind")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")

    def offer(self, name, place):
        text = f"[metamorphic_guard.values]\n{name} = {place}\n"
        self.write("shop_values-1.0.dist-info/entry_points.txt", text)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path / "site")


@pytest.fixture
def run(project, shop):
    """Run a task whose candidate returns money."""

    def run(*options, new=RISING, body=MORE):
        project.write(new=new)
        project.write_task(body)
        return project.spawn("--mg-candidate=new.py", *options, PYTHONPATH=shop.folder)

    return run


@pytest.mark.parametrize(
    "options", [("-n0",), ("-n2",), ("-n0", "--mg-executor=inprocess")], ids=" ".join
)
def test_a_candidates_values_are_compared_and_shown_as_their_kind_says(run, options):
    result = run(*options)

    # The class itself says that all amounts are equal.
    assert result.ret == 1
    result.stdout.fnmatch_lines(["difference  [[]7] Money(7.0, 'EUR') becomes Money(7.5, 'EUR')"])


def test_parts_are_compared_as_the_task_compares(run):
    assert run().ret == 1
    tolerant = MORE.replace("@t.relation", "@t.relation(expect=approx(abs=0.6))")
    assert run(body=tolerant).ret == 0


def test_an_input_of_the_kind_is_written_as_source(project, shop):
    project.write(new="def solve(money): return money.amount > 1e9 or money")
    project.write_task(
        """
        @t.relation
        def dearer(money):
            return Money(money.amount + 1, money.currency),
        """,
        inputs="[(Money(1.5, 'EUR'),)]",
    )
    path = project.path / "test_it.py"
    path.write_text("from shop.prices import Money\n" + path.read_text())

    result = project.spawn("--mg-candidate=new.py", PYTHONPATH=shop.folder)

    result.stdout.fnmatch_lines(
        [
            "source      money = Money(1.5, 'EUR')",
            "follow-up   money = Money(2.5, 'EUR')",
            "            @t.example(Money(1.5, 'EUR'))",
        ]
    )


def test_neither_host_nor_worker_loads_a_kind_before_a_value_of_its_library_is_met(run):
    new = """
    import dataclasses, sys

    @dataclasses.dataclass
    class Mine:
        n: int

    def solve(n):
        return [Mine(n)], "shop_kind" in sys.modules, "shop" in sys.modules
    """
    body = """
    @t.property
    def nothing_is_loaded(output):
        import sys
        return output[1:] == (False, False) and not {"shop", "shop_kind"} & set(sys.modules)
    """
    assert run(new=new, body=body).ret == 0


def drop(name):
    return KIND_OF_MONEY.replace(f"def {name}", "def something_else")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_module", "failed to load: ModuleNotFoundError: No module named*"),
        ("raise SystemExit", "failed to load: SystemExit*"),
        (drop("take_apart"), "has no function 'take_apart'"),
        (drop("put_together"), "has no function 'put_together'"),
        (KIND_OF_MONEY.replace("types = (Money,)", ""), "has no 'types'"),
        (
            KIND_OF_MONEY.replace("(Money,)", "(list,)"),
            "its type list is from the module builtins;*",
        ),
        (KIND_OF_MONEY.replace("(Money,)", "Money"), "failed to load: TypeError:*"),
        (KIND_OF_MONEY + "    names = 3\n", "its 'names' are no texts"),
        (KIND_OF_MONEY + "    show = 3\n", "its 'show' is no function"),
        (
            KIND_OF_MONEY.replace("money.amount, money.currency\n", "money.cents\n"),
            "'take_apart' of a Money raised AttributeError:*",
        ),
        (
            KIND_OF_MONEY.replace("return Money(amount, currency)", "return 1"),
            "'put_together' made a int",
        ),
    ],
)
@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_a_broken_kind_is_one_line_that_says_whose(run, shop, text, said, executor):
    shop.write("shop_kind.py", text)

    result = run(f"--mg-executor={executor}")

    assert result.ret == 1
    told = re.sub(r"\s+", " ", "\n".join(result.outlines))
    said = re.escape(said).replace(r"\*", ".*")
    assert re.search(rf"kind of value 'shop.prices' \(from shop-values\): {said}", told), told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "broken",
    [
        "def to_source(money, write): return 3",
        "def to_source(money, write): return money.cents",
        "def show(money, width): raise OSError",
        "def measure(money): return 'much'",
        "def identify(money): return money.cents",
    ],
)
def test_what_a_kind_need_not_say_is_done_without_where_it_fails(run, shop, broken):
    shop.write("shop_kind.py", textwrap.dedent(KIND_OF_MONEY) + broken)
    result = run("--mg-executor=inprocess")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["difference  [[]7] *7.0*EUR*becomes*7.5*EUR*"])


def test_what_a_candidate_puts_into_parts_is_no_more_than_text(run, shop):
    raw = "def to_source(money, write): return f'{money.amount} {money.currency}'"
    shop.write("shop_kind.py", textwrap.dedent(KIND_OF_MONEY) + raw)
    result = run(new=RISING.replace('"EUR"', '"E\\x1b[31m"'))
    assert r"difference  [7] 7.0 E\x1b[31m becomes 7.5 E\x1b[31m" in result.outlines


# --- the reader, against whoever wrote a frame


HOSTILE = """
    import sys, time

    class Thing:
        def __init__(self, *parts):
            self.parts = parts

        def __repr__(self):
            return "thing"

    types = (Thing,)

    def take_apart(thing):
        return thing.parts

    def put_together(do="", *parts):
        match do:
            case "raise":
                raise ValueError("no")
            case "exit":
                sys.exit()
            case "recurse":
                return put_together(do)
            case "other":
                return [Thing()]
            case "ask":
                return Thing(parts[0] == 1)
            case "wait":
                started = time.thread_time()
                while time.thread_time() - started < 0.6:
                    pass
        return Thing(do, *parts)
"""


@pytest.fixture
def thing(tmp_path, monkeypatch):
    (tmp_path / "hostile_thing.py").write_text(textwrap.dedent(HOSTILE))
    monkeypatch.syspath_prepend(tmp_path)
    lookup.set_offers([("hostile_thing", "hostile_thing", "things")])
    yield __import__("hostile_thing").Thing
    lookup.set_offers([])


def pack(*parts, tag="hostile_thing"):
    head = bytes((0x93,)) + KIND.extension
    return head + msgpack.packb(tag) + msgpack.packb(list(parts))


def test_a_value_of_an_installed_kind_arrives(thing):
    arrived = decode(encode([thing(1, [2, 3]), {"k": (thing(),)}]))
    assert arrived[0].parts == (1, [2, 3])
    assert type(arrived[1]["k"][0]) is thing


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("raise", "'put_together' raised ValueError: no"),
        ("exit", "'put_together' raised SystemExit"),
        ("recurse", "'put_together' raised RecursionError"),
        ("other", "'put_together' made a list"),
    ],
)
def test_whatever_a_kind_does_with_parts_is_the_readers_own_error(thing, do, said):
    with pytest.raises(DecodeError, match=re.escape(f"'hostile_thing' (from things): {said}")):
        decode(pack(do))


def test_a_kind_that_asks_an_opaque_part_is_refused(thing):
    frame = encode([thing("ask", object())])
    with pytest.raises(DecodeError, match="raised Undecidable"):
        decode(frame)


def test_values_that_take_too_long_to_make_are_refused(thing):
    with pytest.raises(DecodeError, match="take too long to make"):
        decode(encode([thing("wait"), thing("wait")]))


@pytest.mark.parametrize("tag", ["nobody.knows", "", "hostile_thing.more", 3, None, b"x"])
def test_an_unknown_tag_is_refused_by_its_name(thing, tag):
    with pytest.raises(DecodeError, match=re.escape(f"no kind of value {str(tag)!r}")):
        decode(pack(1, tag=tag))


def test_values_of_a_kind_count_as_what_they_hold(thing):
    value = thing()
    for _ in range(400):
        value = thing(value)
    with pytest.raises(EncodeError, match="nested"):
        encode(value)
    frame = encode(1)
    for _ in range(230):
        frame = bytes((0x93,)) + KIND.extension + msgpack.packb("hostile_thing") + b"\x91" + frame
    with pytest.raises(DecodeError, match="nested"):
        decode(frame)
    with pytest.raises(EncodeError, match="items"):
        encode([thing()] * 50_000)
    with pytest.raises(DecodeError, match="items"):
        decode(encode([thing()] * 100), Limits(max_items=2_000))
