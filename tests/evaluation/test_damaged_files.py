"""Files that are damaged, or of another kind, end in one line, whichever option names them."""

import json

import pytest

from pytest_metamorphic_guard.evaluation.shards.merge_command import run_command
from pytest_metamorphic_guard.report.__main__ import main
from pytest_metamorphic_guard.report.shard_data import pack_shard, unpack_shard

DEEP = "[" * 200_000
CONTENTS = {
    "deep.json": DEEP,
    "list.json": "[]",
    "number.json": json.dumps({"violations": [{"task": "t", "relation": "r", "replay": 5}]}),
    "config.json": f'{{"a": {DEEP}',
    "answers.jsonl": f'{{"seed": 0}}\n{DEEP}\n',
    "payload.jsonl": '{"seed": 0}\n'
    '{"function": "solve", "arguments": "x", "payload": 5, "shown": ""}\n',
    "policy.toml": f"a = {DEEP}",
}
ASKED = {
    "--mg-replay=deep.json": "it is no report written by --mg-report",
    "--mg-replay=list.json": "it is no report written by --mg-report",
    "--mg-replay=number.json": "inputs cannot be read",
    "--mg-compare=deep.json": "it is no JSON",
    "--mg-executor-config=@config.json": "expected a JSON object",
    "--mg-policy=policy.toml": "not TOML",
    "--mg-baseline=recorded:answers.jsonl": "line 2 is no answer that --mg-record-baseline wrote",
    "--mg-baseline=recorded:payload.jsonl": "line 2 is no answer that --mg-record-baseline wrote",
}


@pytest.fixture
def damaged(project):
    project.write(new="def solve(n):\n    return n\n")
    project.write_task("@t.relation\ndef same(n):\n    return (n,)\n")
    for name, content in CONTENTS.items():
        (project.path / name).write_text(content)
    return project


def test_each_option_says_in_one_line_what_is_wrong_with_its_file(damaged):
    for option, said in ASKED.items():
        ran = damaged.run("--mg-candidate=new.py", "--mg-executor=inprocess", option)
        text = " ".join((ran.stdout.str() + ran.stderr.str()).split())
        assert ran.ret != 0
        assert said in text, option
        assert "Traceback" not in text
        assert "INTERNALERROR" not in text


def test_answers_that_cannot_be_written_are_said_to_be_lost(damaged):
    keep = ("--mg-baseline=new.py", "--mg-record-baseline=list.json/answers.jsonl")
    ran = damaged.run("--mg-candidate=new.py", "--mg-executor=inprocess", *keep)
    ran.stdout.fnmatch_lines(["no answers kept: *answers.jsonl: cannot write it: *"])
    assert ran.ret == 1


def test_reports_that_were_changed_are_not_merged_and_not_shown(damaged, capsys):
    for shard in (1, 2):
        options = (f"--mg-shard={shard}/2", f"--mg-report=s{shard}.json")
        damaged.run("--mg-candidate=new.py", "--mg-executor=inprocess", *options)
    whole = json.loads((damaged.path / "s2.json").read_text())
    data, encoded = unpack_shard(whole["shard"]["data"])
    data["gathered"]["items"][0][1]["verdict"]["cases"] = "x"
    packed = {"number": 2, "count": 2, "data": pack_shard(data, encoded)}
    (damaged.path / "changed.json").write_text(json.dumps({**whole, "shard": packed}))
    (damaged.path / "other.json").write_text(json.dumps({**whole, "implementations": 5}))
    for name in ("deep.json", "list.json", "changed.json", "other.json"):
        assert run_command([str(damaged.path / "s1.json"), str(damaged.path / name)]) != 0
        assert len(capsys.readouterr().err.splitlines()) == 1
    for name in ("deep.json", "list.json"):
        assert main([str(damaged.path / name)]) != 0
        assert len(capsys.readouterr().err.splitlines()) == 1
