"""How often the monitor `latency` alarms where both roles are the same code: real runs, one by one.

    python benchmarks/latency_alarms.py --runs 80

Candidate and baseline are two copies of one file, so every alarm is false; the monitor promises
1 % for a whole run. Each run is a session of pytest with ``--mg-gate`` and the monitor twice: as it
is by default, and without its floor of a call (``min_ms=0``), where microseconds count as well. The
run's seed is another one each time.

``--subject=top_k`` runs the example of the README, whose calls take microseconds, and
``--subject=slow`` a loop of about a millisecond, where the floor hides nothing.

    python benchmarks/latency_alarms.py --simulated --runs 2000

makes the durations up and shows them to the same monitors, since thousands of real runs take hours.
Every process has a speed of its own for its whole life, and both roles get new processes five times
in a run. The standard deviations of its logarithm are those that were measured between processes of
one code: .019 where a pair shares one processor, which is how runs are measured, .039 where it does
not, and twice that for comparison.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.runner.blocks import BLOCKS
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson
from pytest_metamorphic_guard.watch.setting_up import load_monitors
from pytest_metamorphic_guard.watch.streams import watch

EXAMPLE = Path(__file__).parents[1] / "examples" / "top_k"
SLOW = """
def solve(count, start):
    total = start
    for i in range(30_000 + count):
        total = (total * 31 + i) % 1_000_003
    return total
"""
SLOW_TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

total = Task("total", inputs=st.tuples(st.integers(0, 1000), st.integers(0, 1000)))

@total.relation
def later_start(count, start):
    return count, start + 1_000_003
"""
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", "-p", "no:xdist")
MONITORS = {"latency": "by default", "latency#2": "min_ms=0"}
SPREADS = (0.0, 0.019, 0.039, 0.078)
INPUTS = 100
# A call of about a millisecond, and its noise as the standard deviation of the logarithm.
CALL_MS, NOISE = 1.0, 0.05


def run_once(folder: Path, tests: Path, seed: int) -> dict[str, set[str]]:
    """Return the severities of the alerts of each monitor in one run of two equal files."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *QUIET, f"--rootdir={folder}", str(tests)),
            *(f"--mg-candidate={folder / 'new.py'}", f"--mg-baseline={folder / 'old.py'}"),
            *("--mg-gate", "--mg-monitor=latency", "--mg-monitor=latency:min_ms=0"),
            *(f"--mg-seed={seed}", f"--mg-report={report}"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        raise SystemExit(done.stdout + done.stderr)
    found = {monitor["monitor"]: monitor for monitor in json.loads(report.read_text())["monitors"]}
    if set(found) != set(MONITORS):
        raise SystemExit(done.stdout + done.stderr)
    for name, monitor in found.items():
        for alert in monitor["alerts"]:
            print(f"seed {seed}, {MONITORS[name]}: {alert['severity']}: {alert['message']}")
    return {name: {alert["severity"] for alert in found[name]["alerts"]} for name in MONITORS}


def make_records(spread: float, chance: random.Random) -> list[MonitorRecord]:
    """Return the calls of two equal roles whose processes differ by ``spread``."""
    records = []
    for index in range(INPUTS):
        if index % (INPUTS // BLOCKS) == 0:
            speeds = {role: chance.lognormvariate(0, spread) for role in ("baseline", "candidate")}
        size = CALL_MS * chance.lognormvariate(0, 0.3)
        for role, speed in speeds.items():
            duration = size * speed * chance.lognormvariate(0, NOISE)
            payload = {"success": True, "result": index}
            records.append(
                MonitorRecord(index, role, duration, True, payload, "total::later_start", "source")
            )
    return records


def simulate(runs: int, seed: int) -> None:
    """Print how often the monitors alarm in made-up runs, for each spread of the processes."""
    monitors = load_monitors(["latency", "latency:min_ms=0"])
    print(f"{runs} simulated runs of {INPUTS} inputs each, 95 % intervals")
    for spread in SPREADS:
        counts: Counter[tuple[str, str]] = Counter()
        for run in range(runs):
            records = make_records(spread, random.Random(f"{seed}/{spread}/{run}"))
            handles = [monitor.host() for monitor in monitors]
            report = watch(handles, records, MonitorContext("total", INPUTS))
            for monitor in MONITORS:
                found = {a.severity for a in report.alerts if a.monitor == monitor}
                counts[monitor, "rejecting"] += "error" in found
                counts[monitor, "warning or rejecting"] += bool(found & {"error", "warning"})
        print_counts(counts, runs, before=f"{spread:5.3f} ")


def print_counts(counts: Counter[tuple[str, str]], runs: int, before: str = "") -> None:
    """Print a line per monitor and kind of alarm."""
    for monitor, words in MONITORS.items():
        for kind in ("rejecting", "warning or rejecting"):
            said = describe(counts[monitor, kind], runs)
            print(f"{before}{words:12} {kind:22} {said}", flush=True)


def describe(alarms: int, runs: int) -> str:
    interval = clopper_pearson(alarms, runs)
    return f"{alarms:4} {alarms / runs:7.1%} [{interval.lower:.1%}, {interval.upper:.1%}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; then one more each")
    parser.add_argument("--subject", choices=("top_k", "slow"), default="top_k")
    parser.add_argument("--simulated", action="store_true", help="make the durations up")
    arguments = parser.parse_args()
    if arguments.simulated:
        simulate(arguments.runs, arguments.seed)
        return
    counts: Counter[tuple[str, str]] = Counter()
    runs = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code = SLOW
        tests = folder / "test_total.py"
        tests.write_text(SLOW_TASK)
        if arguments.subject == "top_k":
            code = (EXAMPLE / "baseline.py").read_text()
            tests.write_text((EXAMPLE / "test_top_k.py").read_text())
        for role in ("old", "new"):
            (folder / f"{role}.py").write_text(code)
        # Ctrl-C ends the runs and shows what was seen until then.
        with suppress(KeyboardInterrupt):
            for seed in range(arguments.seed, arguments.seed + arguments.runs):
                found = run_once(folder, tests, seed)
                runs += 1
                for monitor, severities in found.items():
                    alarms = severities & {"error", "warning"}
                    counts[monitor, "rejecting"] += "error" in severities
                    counts[monitor, "warning or rejecting"] += bool(alarms)
    if not runs:
        return
    print(f"{runs} runs of {arguments.subject}, 95 % intervals")
    print_counts(counts, runs)


if __name__ == "__main__":
    main()
