"""Prompts and answers of the executor ``llm``, against a server of the OpenAI chat protocol."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.loading import load_executor
from pytest_metamorphic_guard.testing import check_executor

SCHEMA = {"type": "object", "properties": {"answer": {"type": "object"}}}


def call(config, prompt, *args, timeout_s=5.0):
    loaded = load_executor("llm", config)
    assert loaded.is_ours
    with closing(loaded.executor) as executor:
        return executor.execute(prompt, "solve", args, timeout_s, 0)


def read_messages(chat):
    return [(one["role"], one["content"]) for one in chat.requests[-1]["messages"]]


def test_a_prompt_has_places_for_arguments(chat, tmp_path):
    text, messages = tmp_path / "prompt.txt", tmp_path / "prompt.json"
    text.write_text('Answer {question} as {"a": {"b": 1}}, not {{question}}.')
    messages.write_text(
        json.dumps(
            [
                {"role": "system", "content": "Be {1}."},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "{0}!"},
            ]
        )
    )
    config = chat.configure(temperature=0.5, seed=7, max_tokens=20, extra={"top_p": 0.9})
    payload = call(config, str(text), "why?")
    assert payload["result"] == 'ANSWER WHY? AS {"A": {"B": 1}}, NOT {QUESTION}.'
    assert chat.requests[-1] == {
        "model": "echo",
        "temperature": 0.5,
        "seed": 7,
        "max_tokens": 20,
        "top_p": 0.9,
        "messages": [
            {"role": "user", "content": 'Answer why? as {"a": {"b": 1}}, not {question}.'}
        ],
    }
    call(config, str(messages), "why", ["terse", 2])
    assert read_messages(chat) == [
        ("system", 'Be ["terse",2].'),
        ("assistant", "Yes?"),
        ("user", "why!"),
    ]
    # A raw text without places is followed by the arguments; the names of places may be given.
    call(chat.configure(system="First."), "You are terse.", "why?")
    expected = [("system", "First."), ("system", "You are terse."), ("user", "why?")]
    assert read_messages(chat) == expected
    call(config, "You are terse.", "why?", 2)
    assert read_messages(chat)[1] == ("user", '["why?",2]')
    call(config, "{context}: {question}", {"question": "why?", "context": "C"})
    assert read_messages(chat) == [("user", "C: why?")]
    call(chat.configure(arguments=["question", "context"]), "{context}: {question}", "why?", "C")
    assert read_messages(chat) == [("user", "C: why?")]


def test_a_prompt_that_cannot_be_asked_is_no_call(chat, tmp_path):
    files = {
        "prompt.py": "def solve(): pass",
        "empty.txt": " ",
        "words.json": '{"role": "user"}',
        "role.json": '[{"role": "usr", "content": "x"}]',
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    said = {
        name: call(chat.configure(), str(tmp_path / name), 1)
        for name in ("prompt.py", "empty.txt", "words.json", "role.json")
    }
    said["place"] = call(chat.configure(), "Ask {a} of {b}", "x", "y")
    said["number"] = call(chat.configure(), "Ask {2}", "x", "y")
    said["bytes"] = call(chat.configure(), "Ask {0}", b"x")
    assert {payload["error_type"] for payload in said.values()} == {"not_started"}
    assert "is a Python file" in said["prompt.py"]["error"]
    assert "its role is 'usr', expected one of system" in said["role.json"]["error"]
    assert "place {a}: name the arguments in the option 'arguments'" in said["place"]["error"]
    assert "there are 2, from {0}" in said["number"]["error"]
    assert "b'x' is of type bytes" in said["bytes"]["error"]
    assert chat.requests == []


def test_what_an_answer_says_of_itself_is_in_the_payload(chat):
    prices = {"input": 2.0, "output": 10.0}
    payload = call(chat.configure(prices=prices), "{0}", "x")
    assert {
        key: payload[key] for key in ("tokens_prompt", "tokens_completion", "tokens_total")
    } == {
        "tokens_prompt": 10,
        "tokens_completion": 3,
        "tokens_total": 13,
    }
    assert payload["cost_usd"] == pytest.approx(5e-5)
    assert (payload["model"], payload["system_fingerprint"]) == ("echo-1", "fp_1")
    assert (payload["finish_reason"], payload["attempts"]) == ("stop", 1)
    # A local server may count none: then they are estimated, and a cost never is empty.
    uncounted = call(chat.configure("uncounted", prices=prices), "{0}", "x" * 41)
    assert (uncounted["tokens_prompt"], uncounted["tokens_estimated"]) == (11, True)
    assert uncounted["cost_usd"] > 0


def test_json_is_parsed_and_what_is_no_answer_has_a_name(chat):
    schema = call(chat.configure("json", schema=SCHEMA), "{0}", "x")
    assert schema["result"] == {"answer": {"text": "x"}}
    wanted = chat.requests[-1]["response_format"]
    assert wanted["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    ends = {
        "echo": call(chat.configure(output="json", prices={"input": 1, "output": 1}), "{0}", "x"),
        "wordy": call(chat.configure("wordy", prices={"input": 1, "output": 1}), "{0}", "x"),
        "refusing": call(chat.configure("refusing"), "{0}", "x"),
        "down": call(chat.configure("down", retries=1), "{0}", "x"),
        "unknown": call(chat.configure("unknown"), "{0}", "x"),
        "broke": call(chat.configure("broke", retries=0), "{0}", "x"),
    }
    assert {name: payload["error_code"] for name, payload in ends.items()} == {
        "echo": "LLM_NO_JSON",
        "wordy": "LLM_TRUNCATED",
        "refusing": "LLM_REFUSAL",
        "down": "LLM_HTTP_STATUS",
        "unknown": "LLM_NOT_STARTED",
        "broke": "LLM_NOT_STARTED",
    }
    assert ends["refusing"]["error"] == "the model refused: I would rather not."
    assert ends["echo"]["error"] == "the answer is no JSON: X"
    # They are paid for.
    assert ends["echo"]["cost_usd"] == ends["wordy"]["cost_usd"] == pytest.approx(13e-6)
    assert ends["refusing"]["tokens_total"] == 13
    assert ends["down"]["attempts"] == 2


def test_a_wrong_key_is_said_without_the_key(chat, monkeypatch):
    monkeypatch.setenv("TEST_KEY", "sk-wrong-and-secret")
    payload = call(chat.configure(), "{0}", "x")
    assert payload["error_type"] == "not_started"
    assert "does not take the key (status 401 Unauthorized: " in payload["error"]
    assert "wrong key Bearer [redacted]" in payload["error"]
    assert "secret" not in str(payload)


def test_many_calls_that_are_put_off_all_succeed_after_one_shared_pause(chat):
    with closing(load_executor("llm", chat.configure("busy", retries=2)).executor) as executor:
        assert executor.parallel == 8

        def ask(number):
            return executor.execute("{0}", "solve", (str(number),), 60.0, 0)

        with ThreadPoolExecutor(16) as threads:
            payloads = list(threads.map(ask, range(30)))
    assert [payload["result"] for payload in payloads] == [str(i) for i in range(30)]
    assert sum(payload["attempts"] for payload in payloads) == len(chat.requests) > 30


def test_a_limit_on_requests_takes_no_time_from_calls(chat):
    config = chat.configure(requests_per_minute=60 / 0.15)
    with (
        closing(load_executor("llm", config).executor) as executor,
        ThreadPoolExecutor(8) as threads,
    ):
        payloads = list(
            threads.map(lambda i: executor.execute("{0}", "f", (str(i),), 1.0, 0), range(16))
        )
    # The last one waits for longer than it may take.
    assert all(payload["success"] for payload in payloads), payloads


def test_an_answer_that_was_kept_serves_one_call_of_a_run(chat, tmp_path):
    path = str(tmp_path / "answers" / "kept.sqlite")
    config = chat.configure("counting", cache=path, prices={"input": 1, "output": 1})

    def run(calls, name):
        baseline = load_executor("llm", config).executor
        candidate = load_executor("llm", config).executor
        with closing(baseline), closing(candidate):
            for executor in (baseline, candidate):
                executor.join(name)
            return [
                executor.execute("{0}", "f", ("x",), 5.0, 0)
                for executor in calls(baseline, candidate)
            ]

    first = run(lambda old, new: [old, new, old, new], "first")
    # Repeats, and the other role, never get an answer that this run has had.
    assert [payload["result"] for payload in first] == ["1", "2", "3", "4"]
    again = run(lambda old, new: [old, new, old, new, old], "second")
    assert [payload["result"] for payload in again] == ["1", "2", "3", "4", "5"]
    assert [payload.get("cached", False) for payload in again] == [True] * 4 + [False]
    assert not {"cost_usd", "tokens_total"} & set(again[0])
    assert again[0]["duration_ms"] == 0
    assert len(chat.requests) == 5
    # Another question, another model: another answer.
    assert "cached" not in call(config, "{0}", "y")
    assert "cached" not in call(config | {"seed": 1}, "{0}", "x")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select count(*) from answers").fetchone() == (7,)
    assert b"sk-of-the-test" not in (tmp_path / "answers" / "kept.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "option 'model' is missing: name a model"),
        ({"model": "m"}, "'OPENAI_API_KEY', which holds the key, is not set"),
        ({"model": "m", "key_env": "NO_SUCH"}, "'NO_SUCH', which holds the key, is not set"),
        ({"modle": "m"}, "has no option 'modle'. Did you mean 'model'?"),
        ({"model": "m", "prices": {"in": 1}}, 'as {"input": 0.15, "output": 0.6}'),
        ({"model": "m", "extra": {"stream": True}}, "expected an object without model, messages"),
        ({"model": "m", "output": "jsno"}, "expected one of text, json. Did you mean 'json'?"),
        ({"model": "m", "base_url": "localhost"}, "expected an http:// or https:// URL"),
    ],
)
def test_a_wrong_option_is_one_line(config, said, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(PluginError) as caught:
        load_executor("llm", config)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cache_that_cannot_be_used_is_one_line(tmp_path, chat):
    (tmp_path / "text").write_text("no database " * 100)
    for path in ("text", "text/below"):
        with pytest.raises(PluginError, match="option 'cache': cannot use"):
            load_executor("llm", chat.configure(cache=str(tmp_path / path)))


def test_the_executor_keeps_the_contract(chat):
    """A model that runs the candidate in its head, and answers in JSON."""

    def publish(source):
        sources.append(source)
        return f"{len(sources) - 1} {{function}} {{args}}"

    sources = []

    def answer(question):
        if question.startswith("x"):
            return json.dumps(question)
        number, function, args = question.split(" ", 2)
        module = {"__name__": "candidate"}
        exec(sources[int(number)], module)
        return json.dumps(module[function](*json.loads(args)))

    chat.answer = answer
    with closing(
        load_executor("llm", chat.configure(output="json", retries=0)).executor
    ) as executor:
        report = check_executor(executor, publish=publish, hostile=False, limits=False)
    report.assert_contract()
