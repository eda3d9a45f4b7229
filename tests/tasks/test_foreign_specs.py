"""Specs of the distribution metamorphic-guard in a test module, where both are installed."""

import pytest

SPECS = """
from dataclasses import dataclass, field

@dataclass
class Property:
    check: object
    description: str
    mode: str = "hard"

@dataclass
class MetamorphicRelation:
    name: str
    transform: object
    expect: str = "equal"
    accepts_rng: bool = False
    category: object = None
    description: object = None

@dataclass
class Metric:
    name: str
    extract: object
    kind: str = "mean"
    higher_is_better: bool = True
    sample_rate: float = 1.0

@dataclass
class Spec:
    gen_inputs: object
    properties: object
    relations: object
    equivalence: object
    fmt_in: object = lambda args: str(args)
    fmt_out: object = lambda result: str(result)
    cluster_key: object = None
    metrics: object = field(default_factory=list)

@dataclass(frozen=True)
class TaskSpec:
    name: str
    gen_inputs: object
    properties: object
    relations: object
    equivalence: object
    fmt_in: object = lambda args: str(args)
    fmt_out: object = lambda result: str(result)
    cluster_key: object = None
    metrics: object = ()
"""
TEST = """
from metamorphic_guard.api import MetamorphicRelation, Metric, Property, {kind}

def gen_inputs(n, seed):
    return [(index,) for index in range(n)]

spec = {kind}(
    {name}
    gen_inputs=gen_inputs,
    properties=[Property(lambda out, x: out >= 0, "is positive")],
    relations=[MetamorphicRelation("next", lambda x: (x + 1,), {expect!r})],
    equivalence=lambda a, b: a == b,
    metrics=[Metric("size", lambda out, args: out)],
)
again = spec
"""


@pytest.fixture
def run(project):
    """Run a test module with a spec of the other distribution, whose package comes first."""
    package = project.path / "site" / "metamorphic_guard"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = '3.6.0'\n")
    (package / "specs.py").write_text(SPECS)
    (package / "api.py").write_text("from .specs import *\nTaskSpec.__module__ = __name__\n")
    project.write(one="def solve(x):\n    return 1\n", two="def solve(x):\n    return x\n")

    def run(*options, kind="TaskSpec", name="name='counting',", expect="equal"):
        (project.path / "test_it.py").write_text(TEST.format(kind=kind, name=name, expect=expect))
        return project.spawn(*options, PYTHONPATH=package.parent)

    return run


def test_a_spec_of_the_other_distribution_runs(run):
    result = run("--mg-candidate=one.py", "--mg-baseline=one.py", "--mg-gate", "--mg-n=40", "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_it.py::counting::next PASSED*"])
    result = run("--mg-candidate=two.py", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["counting: relation 'next' is violated by two.py"])


def test_a_spec_without_a_name_has_that_of_its_variable(run):
    result = run("--mg-candidate=one.py", "-v", kind="Spec", name="")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_it.py::spec::next PASSED*"])


def test_a_spec_without_any_option_is_skipped_and_not_lost(run):
    result = run("-rs")
    result.assert_outcomes(skipped=2)


def test_a_spec_that_cannot_run_is_named_with_what_to_change(run):
    result = run("--mg-candidate=one.py", expect="bigger")
    result.assert_outcomes(errors=1)
    text = " ".join(result.stdout.str().split())
    assert "task 'counting' (" in text
    assert "test_it.py:4): relation 'next': " in text
    assert "import TaskSpec from pytest_metamorphic_guard, and mend it there" in text
    assert "Traceback" not in text
