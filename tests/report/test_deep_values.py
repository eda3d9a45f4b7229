"""Values that are nested deeper than a process would send them are shown cut."""


def test_a_result_of_many_levels_is_a_violation_and_no_traceback(project):
    deep = """
        def solve(n):
            made = []
            for _ in range([300, 900, 5_000][n]):
                made = [made]
            return {{"made": made, "more": {more}}}
    """
    project.write(
        old=deep.format(more=0),
        new=deep.format(more=1),
        test_it="from pytest_metamorphic_guard import Task\n"
        "for n in range(3):\n"
        "    globals()[f't{n}'] = Task(f't{n}', inputs=[(n,)])\n",
    )
    options = ("--mg-executor=inprocess", "--mg-baseline=old.py", "-Wignore", "--mg-shrink=off")
    wrong = project.run("--mg-candidate=new.py", *options)
    right = project.run("--mg-candidate=old.py", *options)

    wrong.assert_outcomes(failed=3)
    assert wrong.stdout.str().count("agreement is violated by new.py") >= 3
    assert "RecursionError" not in wrong.stdout.str()
    right.assert_outcomes(passed=3)
