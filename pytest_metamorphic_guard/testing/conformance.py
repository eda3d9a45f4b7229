"""The conformance check of an executor."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.testing.check_results import CheckResult, ExecutorReport
from pytest_metamorphic_guard.testing.duties import CONTRACT, RESULTS
from pytest_metamorphic_guard.testing.limits import HOSTILE, LIMITS
from pytest_metamorphic_guard.testing.tried import Bench, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.contracts.executors import SupportsExecute
    from pytest_metamorphic_guard.testing.check_results import Area

__all__ = ["check_executor"]


def check_executor(  # noqa: PLR0913 - options of one call, all with defaults
    executor: SupportsExecute,
    *,
    name: str | None = None,
    hostile: bool = True,
    limits: bool = True,
    publish: Callable[[str], str] | None = None,
    timeout_s: float = 10.0,
    mem_mb: int = 256,
    overrun_s: float = 1.0,
) -> ExecutorReport:
    """Call an executor with small candidates, and report what it keeps and what it promises.

    The executor is left open. A check takes from a second to half a minute; the longer, the less
    the executor promises. Candidates that would harm the calling process are harmless in it.

    Args:
        executor: An instance, made with the configuration that is to be checked.
        name: Its name in the report; the name of its class if None.
        hostile: Whether to run candidates that mean harm: not against a service that others use.
        limits: Whether to run candidates that exceed time and memory.
        publish: Makes the source of a Python module available to an executor that does not run
            files, and returns the ``file_path`` to call it by. If None, sources are files.
        timeout_s: Time limit of the calls that end by themselves.
        mem_mb: Memory limit of all calls.
        overrun_s: Seconds after its limit within which a call must be ended.
    """
    with tempfile.TemporaryDirectory(prefix="mg-check-") as folder:
        bench = Bench(
            executor=executor,
            name=name or type(executor).__name__,
            publish=publish or _write_to(Path(folder)),
            timeout_s=timeout_s,
            mem_mb=mem_mb,
            overrun_s=overrun_s,
        )
        results = tuple(_run(bench, limits=limits, hostile=hostile))
    return ExecutorReport(bench.name, results)


def _run(bench: Bench, *, limits: bool, hostile: bool) -> Iterator[CheckResult]:
    usable = True
    for title, check in CONTRACT:
        result = _make_result(bench, "contract", title, check, "")
        usable = usable and (result.held or title != CONTRACT[0][0])
        yield result
    if not usable:  # every further check would say the same again
        return
    areas: list[tuple[Area, tuple[tuple[str, Callable[[Bench], None], str], ...]]]
    areas = [("results", RESULTS)]
    areas += [("limits", LIMITS)] if limits else []
    areas += [("hostile", HOSTILE)] if hostile else []
    for area, checks in areas:
        for title, check, lack in checks:
            yield _make_result(bench, area, title, check, lack)


def _make_result(
    bench: Bench, area: Area, title: str, check: Callable[[Bench], None], lack: str
) -> CheckResult:
    try:
        check(bench)
    except Finding as finding:
        return CheckResult(area=area, name=title, held=False, sentence=str(finding), lack=lack)
    return CheckResult(area=area, name=title, held=True, sentence="holds", lack="")


def _write_to(folder: Path) -> Callable[[str], str]:
    def publish(source: str) -> str:
        path = folder / f"candidate_{len(list(folder.iterdir()))}.py"
        path.write_text(source, encoding="utf-8")
        return str(path)

    return publish
