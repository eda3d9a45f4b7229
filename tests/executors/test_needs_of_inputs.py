"""Modules that define classes of inputs: imported once, before calls, under limits of their own."""

import importlib
import textwrap

import pytest

TEST = """
    import time
    from dataclasses import dataclass
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import Task

    time.sleep(2)
    TABLE = bytearray(700 << 20)

    @dataclass(frozen=True)
    class Money:
        cents: int

    task = Task("pay", inputs=st.tuples(st.builds(Money, st.integers(0, 9))))

    @task.property
    def is_whole(output):
        return output >= 0
"""


@pytest.mark.parametrize("level", ["worker", "fork"])
def test_the_module_of_an_inputs_class_counts_neither_as_time_nor_as_memory_of_a_call(
    pytester, level
):
    pytester.makepyfile(TEST)
    pytester.path.joinpath("new.py").write_text("def pay(money):\n    return money.cents\n")

    result = pytester.runpytest_subprocess(
        "--mg-candidate=pay=new.py:pay",
        "--mg-timeout-s=1",
        "--mg-n=30",
        f"--mg-isolation={level}",
        timeout=50,
    )

    result.assert_outcomes(passed=1)


@pytest.fixture
def make_class(tmp_path, monkeypatch):
    """Make a module that defines a class, after something else was done; return an instance."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name, body):
        path = tmp_path / f"{name}.py"
        # Only a process that is to rebuild the instance does what the module does.
        guard = "import os\nif os.environ.get('METAMORPHIC_GUARD_WORKER'):\n"
        source = "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n"
        path.write_text(guard + textwrap.indent(textwrap.dedent(body), "    ") + "\n" + source)
        return importlib.import_module(name).Money(3)

    return make


PAY = "def solve(*values):\n    return values[0]\ndef pay(money):\n    return money.cents\n"
ENDS = {
    "slow": ("import time; time.sleep(30)", "took longer than 2 s: set import_timeout_s in"),
    "large": ("x = bytearray(600 << 20)", "needs more than 500 MiB: set import_mem_mb in"),
    "broken": ("raise LookupError('no shop')", "failed in the worker: LookupError: no shop;"),
    "ends": ("os._exit(3)", "did not finish: the process exited with status 3"),
}


@pytest.mark.parametrize("level", ["worker", "fork", "fresh"])
@pytest.mark.parametrize("end", ENDS)
def test_an_import_for_inputs_that_fails_is_named_with_its_limit(
    make_local, candidates, make_class, level, end
):
    body, text = ENDS[end]
    money = make_class(f"shop_{end}_{level}", body)
    local = make_local(isolation=level, import_timeout_s=2, import_mem_mb=500)
    path = candidates.write(PAY)

    payload = local.execute(path, "pay", (money,), 5.0, 200)

    assert payload["error_type"] == "argument_encoding"
    subject = f"importing shop_{end}_{level}, which defines Money of an input, "
    assert payload["error"].startswith(subject + text)
    assert local.execute(path, "solve", (1,), 5.0, 200)["result"] == 1
    # Known by now, it costs no second attempt.
    assert local.execute(path, "pay", (money,), 5.0, 200)["error"] == payload["error"]


@pytest.mark.parametrize("level", ["worker", "fork", "fresh", "spawn"])
def test_a_class_that_appears_later_gets_the_same(make_local, candidates, make_class, level):
    local = make_local(isolation=level)
    path = candidates.write(PAY)
    assert local.execute(path, "solve", (1,), 5.0, 200)["success"]
    money = make_class(f"late_{level}", "x = bytearray(300 << 20)\nimport time; time.sleep(1.5)")

    for _ in range(3):
        payload = local.execute(path, "pay", (money,), 1.0, 200)
        assert (payload.get("error"), payload["result"]) == (None, 3)

    # What the import took is not what calls may take.
    path = candidates.write("def grow(money):\n    return len(bytearray(250 << 20))\n")
    assert local.execute(path, "grow", (money,), 5.0, 200)["error_type"] == "memory"


@pytest.mark.parametrize("inside", ["Refusal(1, 'a')", "[(0, Refusal(1, 'a'))]"])
def test_an_input_that_pickles_but_cannot_be_rebuilt_is_one_sentence(pytester, inside):
    pytester.makepyfile(
        f"""
        from pytest_metamorphic_guard import Task

        class Refusal(Exception):
            def __init__(self, code, reason):
                super().__init__(str(code))

        task = Task("read", inputs=[({inside},)])

        @task.relation
        def same(value):
            return (value,)
        """
    )
    pytester.path.joinpath("new.py").write_text("def read(value):\n    return str(value)\n")

    result = pytester.runpytest_subprocess("--mg-candidate=read=new.py:read")

    text = result.stdout.str()
    assert result.ret == 1
    assert "Traceback" not in text
    assert "cases.py" not in text
    assert (
        "argument 1 cannot be copied or sent: Refusal pickles, but its pickle cannot be read:"
        " TypeError: Refusal.__init__() missing 1 required positional argument: 'reason'"
    ) in " ".join(text.split())
