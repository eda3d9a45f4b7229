"""One call of a program, and the ways in which it can end."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing
from pytest_metamorphic_guard.loading import load_executor
from pytest_metamorphic_guard.testing import check_executor

CONFINES = not find_missing()


def test_values_go_and_come_as_json(programs):
    server = programs.serve("def answer(id, name, *args): say(id=id, result=[name, *args])")
    values = [None, True, 1, 2.5, 'é\n"\u2028', [1, [2]], {"a": {"b": 1}}, 2**53 - 1]
    with closing(programs.make()) as executor:
        payload = executor.execute(server, "rank", tuple(values), 10, 512)
        assert payload["result"] == ["rank", *values]
        # A tuple is an array, and comes back as a list.
        assert executor.execute(server, "f", ((1, (2,)),), 10, 512)["result"] == ["f", [1, [2]]]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "argument 1[0] is nan, which JSON does not have"),
        (-float("inf"), "argument 1[0] is -inf, which JSON does not have"),
        (b"x", "argument 1[0] is of type bytes, which JSON does not have"),
        ({1: 2}, "argument 1[0] has the key 1 of type int, and JSON has only texts as keys"),
        ({"k": {1, 2}}, "argument 1[0]['k'] is of type set, which JSON does not have"),
        (2**53, "argument 1[0] is 9007199254740992, beyond 2**53, which many programs round"),
        ("\ud800", "argument 1[0] is '\\ud800', which is no UTF-8"),
    ],
)
def test_a_value_that_cannot_go_is_refused_before_it_goes(programs, value, said):
    # There is no such program: nothing was started.
    payload = programs.call("command: /no/such/program", 0, [value])
    assert (payload["error_type"], payload["error_code"]) == (
        "argument_encoding",
        "COMMAND_ARGUMENT_ENCODING",
    )
    assert payload["error"].startswith(said)


def test_big_integers_go_where_that_is_wanted_and_circles_never(programs):
    server = programs.serve("def answer(id, name, x): say(id=id, result=x)")
    assert programs.call(server, 2**70, big_integers=True)["result"] == 2**70
    circle = []
    circle.append(circle)
    assert "nested more than 200 deep" in programs.call(server, circle)["error"]


BAD = {
    "out_of_turn": ("say(id=id + 5, result=1)", "protocol", "OUT_OF_TURN", "out of turn: with the"),
    "as_a_text": ("say(id=str(id), result=1)", "protocol", "OUT_OF_TURN", "out of turn"),
    "no_id": ("say(result=1)", "protocol", "NO_ANSWER", "expected an object with 'id'"),
    "both": ("say(id=id, result=1, error='x')", "protocol", "NO_ANSWER", "got both of them"),
    "neither": ("say(id=id)", "protocol", "NO_ANSWER", "got neither"),
    "garbage": ("print('Hello!', flush=True)", "protocol", "NOT_JSON", "no JSON: 'Hello!'"),
    "nan": (
        'print(\'{"id":%d,"result":NaN}\' % id, flush=True)',
        "protocol",
        "NOT_JSON",
        "NaN, which JSON does not have",
    ),
    "deep": (
        "print('{\"id\":%d,\"result\":%s}' % (id, '[' * 300 + ']' * 300), flush=True)",
        "protocol",
        "NOT_JSON",
        "nested too deep",
    ),
    "ends": (
        "sys.exit('no licence')",
        "process_exit",
        "NO_ANSWER",
        "exited with status 1 without answering: no licence",
    ),
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", "crash", "SIGNAL", "killed by SIGSEGV"),
    "floods": (
        "[sys.stdout.write('1' * (1 << 20)) for _ in range(2048)]",
        "result_too_large",
        "RESULT_TOO_LARGE",
        "more than 16 MiB, of which no more was read",
    ),
    "error": ("say(id=id, error='no route')", "exception", "ERROR", "no route"),
    "typed": (
        "say(id=id, error={'type': 'ValueError', 'message': 'no'})",
        "exception",
        "ERROR",
        "ValueError: no",
    ),
}


def test_every_bad_answer_is_an_outcome_with_a_name_and_the_next_call_is_answered(programs):
    ways = "".join(f"    if way == {way!r}: {body}\n" for way, (body, *_) in BAD.items())
    server = programs.serve(
        f"def answer(id, name, way):\n{ways}    if way == 'good': say(id=id, result=7)\n"
    )
    with closing(programs.make()) as executor:
        for way, (_, kind, code, said) in BAD.items():
            payload = executor.execute(server, "solve", (way,), 20, 512)
            found = (payload["error_type"], payload["error_code"])
            assert found == (kind, f"COMMAND_{code}"), (way, payload)
            assert said in payload["error"], way
            good = executor.execute(server, "solve", ("good",), 20, 512)
            assert (good["success"], good.get("result")) == (True, 7), way


def test_two_answers_to_one_call_are_noticed_at_once_or_at_the_next_call(programs):
    line = "json.dumps({'id': id, 'result': 1}) + chr(10)"
    server = programs.serve(
        "def answer(id, name, way):\n"
        f"    if way == 'together': os.write(1, 2 * ({line}).encode())\n"
        "    else: say(id=id, result=1); time.sleep(0.3); say(id=id, result=2)\n"
    )
    for way in ("together", "apart"):
        with closing(programs.make()) as executor:
            payloads = [executor.execute(server, "solve", (way,), 10, 512) for _ in range(2)]
        first, second = (payload.get("error_code") for payload in payloads)
        assert first == ("COMMAND_TWICE" if way == "together" else None)
        assert second == "COMMAND_TWICE"
        assert "answered call 1 a second time" in payloads[1]["error"]


def test_an_answer_to_a_call_that_was_not_made_yet_is_refused(programs):
    line = "json.dumps({'id': id + more, 'result': 1}) + chr(10)"
    server = programs.serve(
        f"def answer(id, name):\n    os.write(1, ''.join({line} for more in (0, 1)).encode())\n"
    )
    with closing(programs.make()) as executor:
        payloads = [executor.execute(server, "solve", (), 20, 512) for _ in range(2)]
    assert {payload["error_code"] for payload in payloads} == {"COMMAND_UNASKED"}


def test_a_time_out_speaks_of_buffers_and_kills_all_that_was_started(programs, tmp_path):
    server = programs.serve(
        "def answer(id, name):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "    print(os.getpid(), file=open(os.environ['NOTES'], 'a'), flush=True)\n"
        "    time.sleep(100)\n"
    )
    notes = tmp_path / "notes"
    os.environ["NOTES"] = str(notes)
    try:
        payload = programs.call(
            server,
            timeout_s=3,
            start_timeout_s=0,
            allow_subprocess=True,
            env=["NOTES"],
            write=[str(tmp_path)],
        )
    finally:
        del os.environ["NOTES"]
    assert payload["error_type"] == "timeout"
    assert payload["error"].startswith(
        "timed out after 3 s; if it answers without a time limit, it"
    )
    assert "flush" in payload["error"]
    pids = notes.read_text().split()
    assert len(pids) == 2
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_what_a_program_keeps_in_its_buffer_looks_hung(programs):
    # Its output is a pipe, so it keeps what it writes until there is more or it ends.
    server = programs.serve("def answer(id, name): print({'id': id, 'result': 1})")
    assert programs.call(server, timeout_s=3, start_timeout_s=0)["error_type"] == "timeout"


@pytest.mark.skipif(not CONFINES, reason="this system cannot confine processes")
def test_a_program_is_confined(programs, tmp_path):
    tried = {
        "write own": "open('own.txt', 'w')",
        "write home": "open(os.environ['HOME'] + '/own', 'w')",
        "write outside": f"open({str(tmp_path / 'leak')!r}, 'w')",
        "write beside": f"open({str(tmp_path / 'server')!r}, 'a')",
        "read users": "open('/etc/passwd')",
        "read host": f"open('/proc/{os.getpid()}/environ')",
        "socket": "socket.socket()",
        "fork": "os.fork()",
        "execute": "os.execv('/bin/true', ['true'])",
        "signal host": f"os.kill({os.getpid()}, 0)",
        "signal starter": "os.kill(os.getppid(), 0)",
    }
    server = programs.serve(
        "def answer(id, name, text):\n"
        "    try:\n        eval(text)\n        say(id=id, result=True)\n"
        "    except OSError:\n        say(id=id, result=False)\n"
    )
    with closing(programs.make(harden="require")) as executor:
        seen = {
            name: executor.execute(server, "solve", (text,), 10, 512)["result"]
            for name, text in tried.items()
        }
        assert {name for name, allowed in seen.items() if allowed} == {"write own", "write home"}
        # Under a gate it does not see the baseline either.
        beside = tmp_path / "baseline.py"
        beside.write_text("")
        look = f"open({str(beside)!r})"
        assert executor.execute(server, "solve", (look,), 10, 512)["result"] is True
        executor.withhold(server, {str(beside): "the baseline"})
        assert executor.execute(server, "solve", (look,), 10, 512)["result"] is False


def test_memory_is_limited_and_reserving_is_not_using(programs):
    # node and java reserve far more address space than the limit, and use little of it.
    server = programs.serve(
        "import mmap\n"
        "def answer(id, name, mb):\n"
        "    reserved = mmap.mmap(-1, 4 << 30, mmap.MAP_PRIVATE, mmap.PROT_READ)\n"
        "    try: say(id=id, result=len(bytearray(mb << 20)))\n"
        "    except MemoryError: say(id=id, error='no memory')\n"
    )
    with closing(programs.make()) as executor:
        assert executor.execute(server, "solve", (8,), 10, 256)["result"] == 8 << 20
        assert executor.execute(server, "solve", (300,), 10, 256)["error"] == "no memory"


def test_a_program_may_be_started_for_every_call(programs):
    once = {"mode": "once", "allow_subprocess": True}
    echo = programs.write("echo", "#!/bin/sh\necho note >&2\ncat\n")
    payload = programs.call(echo, [1, "a b"], {"k": None}, **once)
    assert payload["result"] == [[1, "a b"], {"k": None}]
    assert payload["stderr"] == "note\n"
    assert payload["resource_usage"]["cpu_ms"] >= 0
    text = programs.call(echo, "é\nsecond\n", **once, input="text", output="text")
    assert text["result"] == "é\nsecond"
    lines = programs.call(echo, "é\n\nthird", **once, input="text", output="lines")
    assert lines["result"] == ["é", "", "third"]
    words = programs.call(
        "command: printf '<%s>\n'", "a b", 3, [1], **once, input="argv", output="lines"
    )
    assert words["result"] == ["<a b>", "<3>", "<[1]>"]
    for body, kind, said in (
        ("echo no >&2; exit 3", "exit_status", "exited with status 3: no"),
        ("kill -9 $$", "crash", "was killed by SIGKILL"),
        ("echo '{'", "protocol", "wrote no JSON: '{\\n'"),
        (":", "protocol", "wrote nothing, expected JSON"),
    ):
        payload = programs.call(f"command: sh -c {shlex.quote(body)}", **once)
        assert (payload["error_type"], payload["error"][: len(said)]) == (kind, said)
    assert "one argument, which is a text" in programs.call(echo, 1, **once, input="text")["error"]
    assert "NUL" in programs.call(echo, "a\0", **once, input="argv")["error"]


def test_a_program_that_serves_one_line_is_started_again(programs):
    server = programs.serve("def answer(id, name): say(id=id, result=os.getpid()); sys.exit()")
    with closing(programs.make()) as executor:
        found = [executor.execute(server, "solve", (), 10, 512)["result"] for _ in range(3)]
    assert len(set(found)) == 3


def test_a_restart_forgets_and_calls_at_once_have_processes_of_their_own(programs):
    server = programs.serve(
        "seen = []\ndef answer(id, name): seen.append(1); say(id=id, result=len(seen))"
    )
    with closing(programs.make()) as executor:
        count = lambda: executor.execute(server, "solve", (), 10, 512)["result"]  # noqa: E731
        assert [count(), count()] == [1, 2]
        executor.restart()
        assert count() == 1
        assert executor.parallel == 1
        other = executor.with_parallel(3)
        assert other.parallel == 3
        other.close()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"mode": "wram"}, "option 'mode' of the executor 'command' is 'wram', expected one of"),
        ({"inptu": "argv"}, "has no option 'inptu'. Did you mean 'input'?"),
        ({"input": "argv"}, "is for programs that are started for every call: add 'mode': 'once'"),
        ({"read": "/etc"}, "option 'read' of the executor 'command' is '/etc', expected a list"),
    ],
)
def test_a_wrong_configuration_is_refused(config, said):
    with pytest.raises(PluginError) as caught:
        load_executor("command", config)
    assert said in str(caught.value)


def test_what_cannot_be_started_says_why(programs):
    plain = programs.folder / "plain"
    plain.write_text("no program")
    broken = programs.write("broken", "#!/no/such/interpreter\n")
    for program, said in (
        ("command: ./nope", "there is no file './nope'"),
        (str(plain), "may not be executed"),
        (broken, "No such file or directory"),
        ("You are a helpful assistant.", "there is no program 'You' on the PATH"),
    ):
        payload = programs.call(program)
        assert payload["error_type"] == "not_started"
        assert said in payload["error"], program


@pytest.mark.slow
def test_the_executor_keeps_the_contract(programs):
    """Some forty candidates, each a program of its own."""

    def publish(source):
        body = (
            "import math\n"
            + source
            + (
                "\ndef answer(id, name, *args):\n"
                "    try: say(id=id, result=globals()[name](*args))\n"
                "    except Exception as error: say(id=id, error=f'{type(error)}: {error}')\n"
            )
        )
        return programs.serve(body, f"candidate{len(list(programs.folder.iterdir()))}")

    with closing(programs.make(start_timeout_s=0)) as executor:
        report = check_executor(executor, publish=publish, hostile=False, limits=False)
    report.assert_contract()


def test_node_reserves_more_than_its_limit_and_rounds_what_it_may(programs):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    server = programs.write(
        "server.js",
        "require('readline').createInterface({input: process.stdin}).on('line', line => {\n"
        "  const call = JSON.parse(line)\n"
        "  console.log(JSON.stringify({id: call.id, result: call.args[0]}))\n"
        "})\n",
    )
    payload = programs.call(f"command: node {server}", [1.0, {"a": 2**53 - 1}], timeout_s=20)
    assert payload["result"] == [1, {"a": 2**53 - 1}]
    rounded = programs.call(f"command: node {server}", 2**53 + 1, timeout_s=20, big_integers=True)
    assert json.dumps(rounded["result"]) == "9007199254740992"


def test_nothing_is_left_of_a_host_that_is_killed(programs, tmp_path):
    notes = tmp_path / "notes"
    server = programs.serve(
        "def answer(id, name):\n"
        "    os.fork()\n"
        f"    print(os.getpid(), file=open({str(notes)!r}, 'a'), flush=True)\n"
        "    print('hangs', file=sys.stderr, flush=True)\n"
        "    time.sleep(100)\n"
    )
    config = {"allow_subprocess": True, "write": [str(tmp_path)]}
    source = (
        "from pytest_metamorphic_guard.executors.command import CommandExecutor\n"
        f"CommandExecutor({config!r}).execute({server!r}, 'solve', (), 100, 512)\n"
    )
    host = subprocess.Popen([sys.executable, "-c", source])

    def read_pids():
        return notes.read_text().split() if notes.exists() else []

    try:
        wait_for(lambda: len(read_pids()) == 2)
        host.kill()
        host.wait()
        wait_for(lambda: not [pid for pid in read_pids() if Path(f"/proc/{pid}").exists()])
    finally:
        host.kill()


def wait_for(happened):
    """Return once something has happened; the test's own time limit ends a wait in vain."""
    while not happened():
        time.sleep(0.01)
