"""Several candidates that are decided alike are ranked by what was measured of them."""


def test_the_quicker_of_equal_candidates_stands_first(project):
    project.write_task(
        "@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n",
        inputs="[(n,) for n in range(40)]",
    )
    source = "import time\ndef solve(x):\n    time.sleep({})\n    return 1\n"
    project.write(slow=source.format(0.02), quick=source.format(0.002), old=source.format(0.02))
    options = (
        "--mg-candidate=slow.py",
        "--mg-candidate=quick.py",
        "--mg-baseline=old.py",
        "--mg-gate",
    )
    result = project.run(*options, "--mg-monitor=latency")
    text = " ".join(result.stdout.str().split())
    assert "ADOPT: quick.py (2 of 2 candidates may be adopted, ties broken by latency): " in text
    result = project.run(*options)
    text = " ".join(result.stdout.str().split())
    assert "ADOPT: slow.py (2 of 2 candidates may be adopted): " in text
