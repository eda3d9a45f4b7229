"""One evaluation without pytest: the same runner, gate and report."""

import sys

from pytest_metamorphic_guard import EvaluationConfig, Implementation, TaskSpec, run


def evaluate(spec: TaskSpec, new: str, old: str) -> int:
    """Print the decision about a new implementation, and return an exit code."""
    result = run(
        spec,
        baseline=Implementation.from_path(old),
        candidate=Implementation.from_path(new),
        config=EvaluationConfig(n=200, policy="strict"),
    )
    print(f"{result.outcome}: {result.reason}")
    return 0 if result.adopt else 1


if __name__ == "__main__":
    from test_cart import cart

    sys.exit(evaluate(cart, *sys.argv[1:]))
