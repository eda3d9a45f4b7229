"""The README's own candidate passes the README's own gate."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_good_candidate_is_adopted_with_latency_watched():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "examples/top_k"),
            "--mg-candidate=examples/top_k/good.py",
            "--mg-baseline=examples/top_k/baseline.py",
            *("--mg-gate", "--mg-monitor=latency"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "ADOPT: " in done.stdout
