"""``-W error``: our own warnings end neither in a traceback nor in a riddle."""

import pytest


@pytest.fixture
def spawn(project):
    """Run one relation of an identity, with warnings as errors."""
    project.write(new="def solve(x):\n    return x\n")
    project.write(
        closing="""
        class Closing:
            def __init__(self, config=None):
                pass
            def execute(self, file_path, func_name, args, timeout_s, mem_mb):
                return {"success": True, "result": args[0]}
            def close(self):
                raise RuntimeError("no way to close")
        """
    )
    project.write_task("@t.relation\ndef same(x):\n    return (x,)\n")

    def run(*options):
        result = project.spawn("--mg-candidate=new.py", "-W", "error", *options)
        result.text = "\n".join((*result.outlines, *result.errlines))
        assert "INTERNALERROR" not in result.text
        assert "Traceback" not in result.text
        return result

    return run


def test_an_executor_that_isolates_nothing_is_usable_and_still_says_so(spawn):
    result = spawn("--mg-executor=inprocess")
    result.assert_outcomes(passed=1, warnings=1)
    assert "the executor 'inprocess' runs candidates inside this process" in result.text


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_an_option_without_effect_ends_the_run_with_what_to_do(spawn, workers):
    result = spawn("--mg-early-stop", workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --mg-early-stop has no effect without --mg-gate (-W error makes" in result.text
    advice = "-W", "default::pytest_metamorphic_guard.MetamorphicGuardWarning"
    assert " ".join(advice) in result.text
    spawn("--mg-early-stop", workers, *advice).assert_outcomes(passed=1, warnings=1)


def test_an_executor_that_fails_to_close_is_one_line_and_a_failed_run(spawn):
    result = spawn("--mg-executor=./closing.py:Closing")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "close() raised RuntimeError: no way to close" in result.errlines[-1]
