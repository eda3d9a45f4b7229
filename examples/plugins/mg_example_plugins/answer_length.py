"""A monitor that warns when the candidate's answers are much longer than the baseline's.

pytest --mg-candidate=new.py --mg-baseline=old.py --mg-monitor=answer_length:max_ratio=1.5
"""

from statistics import fmean

from metamorphic_guard.monitoring import Monitor

PLUGIN_METADATA = {
    "name": "Answer length",
    "version": "1.0.0",
    "sandbox": True,  # run it in a process of its own
}


class AnswerLength(Monitor):
    """Compares the mean length of returned texts.

    Args:
        max_ratio: Growth that is tolerated.
    """

    def __init__(self, max_ratio=1.2):
        if max_ratio < 1:
            raise ValueError(f"max_ratio={max_ratio!r}: expected a number >= 1")
        self.max_ratio = max_ratio
        self.lengths = {"baseline": [], "candidate": []}

    def record(self, record):
        """Keep the length of one answer; a failed call has none."""
        answer = record.result.get("result")
        if record.success and isinstance(answer, str):
            self.lengths[record.role].append(len(answer))

    def finalize(self):
        """Return both means, and an alert if the candidate's is too large."""
        means = {role: fmean(seen) if seen else None for role, seen in self.lengths.items()}
        baseline, candidate = means["baseline"], means["candidate"]
        alerts = []
        if baseline and candidate and candidate > self.max_ratio * baseline:
            alerts.append(
                {
                    "type": "longer_answers",
                    "severity": "warning",
                    "message": f"candidate's answers are {candidate / baseline:.2f}x as long",
                    "ratio": candidate / baseline,
                    "threshold": self.max_ratio,
                }
            )
        return {"id": self.identifier(), "summary": means, "alerts": alerts}
