import copy
import json
from dataclasses import replace

import jsonschema
import pytest

from pytest_metamorphic_guard.gate.policies import NonInferior, Strict
from pytest_metamorphic_guard.gate.ranking import Ranking, rank
from pytest_metamorphic_guard.report.contents import (
    ExecutorRecord,
    ImplementationRecord,
    ItemRecord,
    MonitorResult,
    RunRecord,
    ViolationRecord,
)
from pytest_metamorphic_guard.report.document import read_schema, to_document, write_document

EMPTY = RunRecord(
    version="1.2.3", seed=0, partial=True, started_at="2026-01-01T00:00:00+00:00", duration_s=0.0
)


@pytest.fixture
def run(make_evidence):
    evidence = make_evidence(
        ["++ ++"] * 40 + ["-+ +-", "nn --"], alerts=[("warning", "1.4x slower")]
    )
    items = [
        ItemRecord(
            node_id=f"test_top_k.py::top_k::{name}[new]",
            task="top_k",
            relation=name,
            candidate="new",
            outcome="passed",
            cases=42,
            duration_s=0.25,
        )
        for name in ("reordered", "larger_k")
    ]
    return replace(
        EMPTY,
        partial=False,
        duration_s=1.5,
        ranking=rank([evidence, replace(evidence, candidate="other")], NonInferior(0.05)),
        options={"n": 42, "executor": "local"},
        environment={"python": "3.11.7", "platform": "linux"},
        implementations=(
            ImplementationRecord(
                role="candidate",
                name="new",
                specification="new.py",
                function="solve",
                sha256="0" * 64,
            ),
            ImplementationRecord(role="baseline", name="text", specification="You are helpful"),
        ),
        executors=(
            ExecutorRecord(role="candidate", name="llm", config={"api_key": "very-secret-value"}),
        ),
        items=tuple(items),
        violations=(
            ViolationRecord(
                node_id=items[0].node_id,
                task="top_k",
                relation="reordered",
                candidate="new",
                confirmation="confirmed",
                regression=True,
                source_input="([1, 2], 1)",
                outputs=("[2]", "[1]"),
                message="outputs must be equal",
                replay="token=kept-as-it-is",
            ),
        ),
        monitors=(
            MonitorResult(
                monitor="latency",
                distribution=None,
                status="warned",
                line="1.4x slower",
                summary={"ratio": 1.4, "tail": float("inf"), "tokens_total": 3},
                alerts=({"type": "latency_regression", "ratio": float("nan")},),
            ),
        ),
    )


@pytest.fixture(scope="module")
def strict_schema():
    """The published schema lets later versions add; what is written now has to be in it."""

    def close(node):
        if isinstance(node, dict):
            if "properties" in node:
                node["additionalProperties"] = False
            for child in node.values():
                close(child)
        elif isinstance(node, list):
            for child in node:
                close(child)
        return node

    schema = close(copy.deepcopy(read_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def test_the_report_satisfies_its_schema_to_the_last_key(run, strict_schema):
    jsonschema.validate(to_document(run), strict_schema)
    jsonschema.validate(to_document(EMPTY), strict_schema)
    jsonschema.validate(to_document(replace(EMPTY, ranking=rank([]))), strict_schema)


@pytest.mark.parametrize("policy", [Strict(), NonInferior(0.3)])
@pytest.mark.parametrize(
    "rows",
    [[], ["nn nn"], ["++ ++"], ["-- --"], ["-+ nn"] * 30, ["+- +-"] * 30],
)
@pytest.mark.parametrize("baseline", ["old", None])
def test_every_decision_satisfies_the_schema(make_evidence, strict_schema, policy, rows, baseline):
    ranking = rank([make_evidence(rows, baseline=baseline)], policy)
    jsonschema.validate(to_document(replace(EMPTY, ranking=ranking)), strict_schema)


def test_the_schema_refuses_what_is_no_report(run):
    document = to_document(run)
    for path, wrong in (
        (("report_version",), "2.0"),
        (("gate", "outcome"), "maybe"),
        (("gate", "decisions", 0, "tasks", 0, "ran"), -1),
        (("times", "duration_s"), "long"),
        (("implementations", 0, "sha256"), "abc"),
    ):
        broken = copy.deepcopy(document)
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, read_schema())
    del document["seed"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, read_schema())


def test_secrets_are_not_written(run):
    leaky = replace(
        run,
        violations=(replace(run.violations[0], message="401 for very-secret-value"),),
        environment={"OPENAI_API_KEY": "something-else"},
        options={"args": ["--mg-executor-config={'token': 'third-secret'}"]},
    )
    text = write_document(to_document(leaky))
    for secret in ("very-secret-value", "something-else", "third-secret"):
        assert secret not in text
    assert '"tokens_total": 3' in text


def test_the_form_from_which_an_input_is_run_again_is_written_as_it_is(run):
    assert to_document(run)["violations"][0]["replay"] == "token=kept-as-it-is"


def test_numbers_that_are_not_finite_are_written_as_text(run):
    text = write_document(to_document(run))
    monitor = json.loads(text)["monitors"][0]
    assert monitor["summary"]["tail"] == "inf"
    assert monitor["alerts"][0]["ratio"] == "nan"


def test_values_without_a_json_form_are_written_as_text():
    class Rude:
        def __repr__(self):
            raise RuntimeError

    endless = []
    endless.append(endless)
    options = {
        "set": {f"word {i}" for i in range(9)},
        "tuple": (1, (2,)),
        "bytes": b"\x00",
        "surrogate": "a\ud800",
        "rude": Rude(),
        "endless": endless,
        "long": 10**20_000,
        3: "key",
    }
    document = to_document(replace(EMPTY, options=options))
    read = json.loads(write_document(document))["options"]
    assert read["set"] == [f"word {i}" for i in range(9)]
    assert read["tuple"] == [1, [2]]
    assert read["bytes"] == "b'\\x00'"
    assert read["surrogate"] == "a\\ud800"
    assert read["rude"] == "<Rude whose repr raises RuntimeError>"
    assert read["long"].startswith("0x")
    assert read["3"] == "key"
    assert "..." in json.dumps(read["endless"])


def test_the_same_run_gives_the_same_bytes_apart_from_its_times(run):
    again = replace(
        run,
        items=tuple(replace(item, duration_s=9.0) for item in run.items[::-1]),
        options=dict(reversed(run.options.items())),
        started_at="2027-01-01T00:00:00+00:00",
        duration_s=7.0,
    )
    first, second = to_document(run), to_document(again)
    assert first["times"] != second["times"]
    del first["times"], second["times"]
    assert write_document(first) == write_document(second)


def test_the_decision_can_be_read_back_from_the_report(run):
    gate = json.loads(write_document(to_document(run)))["gate"]
    assert gate.pop("outcome") == run.ranking.outcome
    assert Ranking.from_dict(gate) == run.ranking
