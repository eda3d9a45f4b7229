"""What the report says of the libraries and processes that an implementation ran with."""

from importlib.metadata import version


def test_the_report_has_the_packages_of_each_implementation_and_the_hash_seed(gate):
    (gate.path / "old.py").write_text("import json\n\ndef solve(x):\n    return x\n")
    (gate.path / "new.py").write_text(
        "from helper import same\n\ndef solve(x):\n    import numpy.linalg\n    return same(x)\n"
    )
    (gate.path / "helper.py").write_text("from pandas import isna\n\ndef same(x):\n    return x\n")

    run = gate.run("--mg-baseline-executor=local")

    packages = {one["role"]: one["packages"] for one in run.report["implementations"]}
    assert packages == {
        "baseline": {},
        "candidate": {name: version(name) for name in ("numpy", "pandas")},
    }
    assert run.report["environment"]["hash_seed"]["baseline"] == "0"
    assert run.report["environment"]["hash_seed"]["candidate"] is not None
