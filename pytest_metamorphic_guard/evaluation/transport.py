"""How an item's result travels from the process that ran it to the one that judges.

With and without pytest-xdist it takes the same way, so that both see the same values.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.known import KnownSeen
from pytest_metamorphic_guard.contracts.outcomes import Outcome, Raised, Returned
from pytest_metamorphic_guard.contracts.refused import RefusedCalls
from pytest_metamorphic_guard.contracts.verdicts import Confirmation, Verdict
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.wire import (
    DecodeError,
    EncodeError,
    Limits,
    decode,
    encode,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.measurements import EndsApart, Measurement, Noise
    from pytest_metamorphic_guard.contracts.shares import Share
    from pytest_metamorphic_guard.contracts.shown import ShownViolation
    from pytest_metamorphic_guard.report.contents import ItemRecord
    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.endings import Difference
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = [
    "ItemResult",
    "decode_inputs",
    "describe_difference",
    "describe_ends",
    "describe_violated",
    "encode_inputs",
    "list_refused",
]

# What the inputs of one violation may hold.
_ONE = Limits(max_bytes=256 * 1024, max_items=50_000)
_OUTPUT_WIDTH = 400


@dataclass(frozen=True, slots=True)
class ItemResult:
    """All that one item leaves behind.

    Attributes:
        verdict: What it concluded.
        measurement: What it measured, or None where it ran without a sample.
        records: Its executions, encoded by `encode_records`; empty for none.
        text: The failure text of a violation.
        inputs: The violated source inputs as Python source.
        encoded_inputs: The same, encoded by `encode_inputs`.
        outputs: What the candidate's calls concluded, as text, in their order.
        shown: The violation in parts; None without one.
        position: Number of the candidate among the task's candidates, from 0.
        label: The candidate's label in node ids; None where there is only one.
        where: What tells the task from others of its name in this run; empty for nothing.
        confirmation: Whether the violation whose inputs these are was seen again; None without one.
        regression: Whether the baseline holds for it; None without a violation or a baseline.
        difference: Inputs on which both roles' calls do not end alike; None for none.
        refused: What sandboxes refused to its implementations.
        share: What merging needs, where only a share of the sample has run.
        known: What it saw of the known violations that are about it.
        sample: What tells its sample from others; empty where nobody asks.
        why: Why nothing could be concluded, in a line; empty where something could.
    """

    verdict: Verdict
    measurement: Measurement | None = None
    records: str = ""
    text: str = ""
    inputs: str = ""
    encoded_inputs: str = ""
    outputs: tuple[str, ...] = ()
    shown: ShownViolation | None = None
    position: int = 0
    label: str | None = None
    where: str = ""
    difference: EndsApart | None = None
    confirmation: Confirmation | None = None
    regression: bool | None = None
    refused: tuple[RefusedCalls, ...] = ()
    share: Share | None = None
    known: tuple[KnownSeen, ...] = ()
    sample: str = ""
    why: str = ""

    @property
    def noise(self) -> tuple[Noise, ...]:
        """What repeats of one input show, for each role, where they were made."""
        return () if self.measurement is None else self.measurement.noise

    def record(self, node_id: str, outcome: str, duration_s: float) -> ItemRecord:
        """Return what a report says of the item."""
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.report.contents import ItemRecord

        return ItemRecord(
            node_id=node_id,
            task=self.verdict.task,
            relation=self.verdict.entry,
            candidate=self.verdict.candidate,
            outcome=outcome,
            cases=self.verdict.cases,
            duration_s=duration_s,
            noise=self.noise,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return {
            "verdict": self.verdict.to_dict(),
            "measurement": self.measurement and self.measurement.to_dict(),
            "records": self.records,
            "text": self.text,
            "inputs": self.inputs,
            "encoded_inputs": self.encoded_inputs,
            "outputs": list(self.outputs),
            "shown": self.shown and self.shown.to_dict(),
            "position": self.position,
            "label": self.label,
            "where": self.where,
            "difference": self.difference and asdict(self.difference),
            "confirmation": self.confirmation,
            "regression": self.regression,
            "refused": [calls._asdict() for calls in self.refused],
            "share": self.share and self.share.to_dict(),
            "known": [list(seen) for seen in self.known],
            "sample": self.sample,
            "why": self.why,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ItemResult:
        """Read what `to_dict` wrote, also after it was JSON."""
        measurement = data["measurement"]
        return cls(
            Verdict.from_dict(data["verdict"]),
            measurement and _read_measurement(measurement),
            data["records"],
            data["text"],
            data["inputs"],
            data["encoded_inputs"],
            tuple(data["outputs"]),
            data["shown"] and _read_shown(data["shown"]),
            data["position"],
            data["label"],
            data["where"],
            data["difference"] and _read_difference(data["difference"]),
            data["confirmation"],
            data["regression"],
            tuple(RefusedCalls(**calls) for calls in data["refused"]),
            data["share"] and _read_share(data["share"]),
            tuple(KnownSeen(*seen) for seen in data["known"]),
            data["sample"],
            data["why"],
        )


def _read_shown(data: dict[str, Any]) -> ShownViolation:
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.contracts.shown import ShownViolation

    return ShownViolation.from_dict(data)


def _read_measurement(data: dict[str, Any]) -> Measurement:
    # Not loaded for a run that measures nothing, which starts sooner.
    from pytest_metamorphic_guard.contracts.measurements import Measurement

    return Measurement.from_dict(data)


def _read_difference(data: dict[str, Any]) -> EndsApart:
    # As above.
    from pytest_metamorphic_guard.contracts.measurements import EndsApart

    return EndsApart(**data)


def _read_share(data: dict[str, Any]) -> Share:
    # Not loaded for a run of whole samples, which starts sooner.
    from pytest_metamorphic_guard.contracts.shares import Share

    return Share.from_dict(data)


def describe_violated(  # noqa: PLR0913, PLR0917 - all that an item knows of it
    run: Run,
    violation: Violation,
    verdict: Verdict,
    reproduction: Reproduction,
    text: str,
    measurement: Measurement | None = None,
    records: str = "",
) -> ItemResult:
    """Return what an item leaves behind that found a violation."""
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.report.showing import show_violation
    from pytest_metamorphic_guard.report.values import format_outcome, to_source

    sources = violation.case.sources
    return ItemResult(
        verdict,
        measurement,
        records,
        text,
        to_source(sources),
        encode_inputs(sources),
        tuple(
            " ".join(format_outcome(execution.outcome, _OUTPUT_WIDTH, 3))
            for execution in violation.candidate.executions
        ),
        show_violation(run, violation, reproduction),
        confirmation=verdict.confirmation,
        regression=violation.regression,
    )


def describe_difference(run: Run) -> EndsApart | None:
    """Return on how many inputs both roles' calls did not end alike, and the smallest of them."""
    return describe_ends(run, run.differences, run.difference)


def describe_ends(run: Run, cases: int, found: Difference | None) -> EndsApart | None:
    """Return the same of so many inputs, of which this is the smallest."""
    if found is None:
        return None
    # Not loaded for a run without such an input, which starts sooner.
    from pytest_metamorphic_guard.contracts.measurements import EndsApart
    from pytest_metamorphic_guard.report.arguments import name_sources
    from pytest_metamorphic_guard.report.values import to_source

    one = len(found.case.sources) == 1
    return EndsApart(
        cases=cases,
        source_input=to_source(found.case.sources[0] if one else found.case.sources),
        call=to_source(found.args),
        baseline=_name_end(found.baseline),
        candidate=_name_end(found.candidate),
        replay=encode_inputs(found.case.sources),
        id=name_sources(run, found.case.sources),
    )


def _name_end(outcome: Outcome) -> str:
    # As above.
    from pytest_metamorphic_guard.report.values import format_outcome

    text = " ".join(format_outcome(outcome, _OUTPUT_WIDTH, 3))
    if isinstance(outcome, Returned):
        return f"returned {text}"
    # A status of a program or a service, say, was not raised.
    types = outcome.payload.get("exception_type"), outcome.error_type == "exception"
    raised = isinstance(outcome, Raised) and any(types)
    return f"raised {text}" if raised else f"did not return: {text}"


def list_refused(run: Run) -> tuple[RefusedCalls, ...]:
    """Return what was refused to the implementations of a run."""
    return tuple(calls for caller in run.callers for calls in caller.take_refused())


def encode_inputs(sources: tuple[tuple[Any, ...], ...]) -> str:
    """Write source inputs as one text, an empty one where they would come back as others."""
    try:
        frame = encode(sources, _ONE)
        faithful = equal_values(decode(frame, _ONE), sources)
    except (EncodeError, DecodeError, Undecidable):
        return ""
    return base64.b85encode(zlib.compress(frame)).decode("ascii") if faithful else ""


def decode_inputs(text: str) -> tuple[tuple[Any, ...], ...]:
    """Read what `encode_inputs` wrote.

    Raises:
        ValueError: The text is damaged.
    """
    try:
        # No more than `decode` takes, whatever a damaged text swells to.
        plain = zlib.decompressobj().decompress(base64.b85decode(text), _ONE.max_bytes + 1)
        decoded: Any = decode(plain, _ONE)
    except (ValueError, TypeError, zlib.error, DecodeError) as error:
        raise ValueError(f"inputs cannot be read: {error}") from error
    if not isinstance(decoded, tuple) or not all(isinstance(s, tuple) for s in decoded):
        raise ValueError("inputs are no tuples of arguments")
    return decoded
