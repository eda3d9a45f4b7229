"""What an executor was trusted with is shown nowhere: terminal, junit XML, warnings, report."""

import json

import pytest

SECRET = "hunter22-hunter22"
VARIABLE = "swordfish-swordfish"
TALKS = """
import os

class Talks:
    def __init__(self, config=None):
        self.config = config
        self.said = f"denied for {config['api_key']} and {os.environ['SHOP_PASSWORD']}"
        if config.get("strict"):
            raise ValueError(self.said)

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        print(self.said)
        if args[0] == 3:
            return {"success": False, "error": self.said, "error_type": "unavailable"}
        if args[0] == 2:
            return {"success": False, "error": self.said, "stdout": self.said}
        return {"success": True, "result": self.said}

    def close(self):
        raise RuntimeError(self.said)
"""
OPTIONS = ("--mg-candidate=Be brief.", "--mg-executor=./talks.py:Talks")


def find_leaks(project, result):
    texts = [result.stdout.str(), result.stderr.str()]
    texts += [path.read_text() for path in project.path.glob("*.xml")]
    texts += [path.read_text() for path in project.path.glob("report.json")]
    assert any("[redacted]" in text for text in texts)
    return [text for text in texts if SECRET in text or VARIABLE in text]


@pytest.mark.parametrize("options", [(), ("--mg-gate", "--mg-monitor=errors"), ("-n2", "-vv")])
def test_no_secret_of_an_executor_is_shown(project, options):
    project.write(talks=TALKS)
    project.write_task(
        """
        @t.relation(expect="equal")
        def same(x):
            return (x,)

        @t.law
        def law(solve, x):
            assert solve(x) == "yes"

        def test_own(mg_candidate):
            assert mg_candidate(1) == "yes"
        """,
        inputs="[(n,) for n in range(1, 30)]",
    )
    config = json.dumps({"api_key": SECRET})
    result = project.spawn(
        *OPTIONS,
        f"--mg-executor-config={config}",
        "--junitxml=junit.xml",
        "--mg-report=report.json",
        *options,
        SHOP_PASSWORD=VARIABLE,
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert find_leaks(project, result) == []


def test_no_secret_is_shown_where_the_executor_refuses_it(project):
    project.write(talks=TALKS)
    project.write_task("@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n")
    config = json.dumps({"api_key": SECRET, "strict": True})
    result = project.spawn(*OPTIONS, f"--mg-executor-config={config}", SHOP_PASSWORD=VARIABLE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert find_leaks(project, result) == []


def test_a_variable_that_candidates_are_given_is_a_secret(project):
    project.write(new="import os\ndef solve(x):\n    raise ValueError(os.environ['SHOP_DSN'])\n")
    project.write_task("@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n")
    result = project.spawn(
        "--mg-candidate=new.py",
        '--mg-executor-config={"env": ["SHOP_DSN"]}',
        "--junitxml=junit.xml",
        SHOP_DSN=VARIABLE,
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert find_leaks(project, result) == []
