"""Whole sessions of pytest on a cluster."""

import json

import pytest

RELATIONS = """
    @t.relation(expect="non_decreasing")
    def bigger(account): return (models.Account(account.balance + 1),)

    @t.property
    def is_a_number(output, account): assert isinstance(output, float)
"""
# The classes of inputs are the project's, and the workers have none of its files.
INPUTS = "[(models.Account(n),) for n in range(12)]"


def write_project(project):
    project.write(
        models="""
            import dataclasses
            @dataclasses.dataclass
            class Account: balance: int
        """,
        old="def solve(account): return account.balance * 1.5",
        new="""
            import os
            def solve(account):
                value = account.balance * 1.5
                return -value if account.balance == 7 else value
        """,
    )
    project.write_task(RELATIONS, inputs=INPUTS)
    path = project.path / "test_it.py"
    path.write_text("import models\n" + path.read_text())


def read_report(project, name):
    report = json.loads((project.path / name).read_text())
    items = [(one["node_id"], one["outcome"], one["cases"]) for one in report["items"]]
    return (
        sorted(items),
        report["gate"]["decisions"],
        [one["message"].partition("reproduce")[0] for one in report["violations"]],
    )


@pytest.mark.slow  # three sessions, one of them with two processes
def test_a_gate_says_the_same_on_a_cluster_as_here_also_under_xdist(project, cluster):
    write_project(project)
    config = json.dumps({"address": cluster.address, "connect_s": 60})
    common = (
        "--mg-candidate=new.py",
        "--mg-baseline=old.py",
        "--mg-gate",
        "--mg-n=12",
        "--mg-shrink=off",
    )
    on_cluster = ("--mg-executor=dask", f"--mg-executor-config={config}")
    local = project.spawn(*common, "--mg-report=local.json", "-n0")
    alone = project.spawn(*common, *on_cluster, "--mg-report=alone.json", "-n0", "-Werror")
    spread = project.spawn(*common, *on_cluster, "--mg-report=spread.json", "-n2")
    for result in (local, alone, spread):
        assert result.ret == 1, result.stdout.str() + result.stderr.str()
    text = alone.stdout.str()
    assert "executor dask" in text
    assert "distributed" not in text + alone.stderr.str()
    assert read_report(project, "alone.json") == read_report(project, "local.json")
    assert read_report(project, "spread.json") == read_report(project, "local.json")
