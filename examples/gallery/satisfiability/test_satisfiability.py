"""What must hold for telling whether clauses can be satisfied together."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, invariant, non_increasing

literal = st.integers(-4, 4).filter(bool)
clause = st.lists(literal, min_size=1, max_size=4)
satisfiability = Task("satisfiability", inputs=st.tuples(st.lists(clause, max_size=12)))


def literals_reversed(clauses):
    return [clause[::-1] for clause in clauses]


def all_negated(clauses):
    return [[-literal for literal in clause] for clause in clauses]


def renamed(clauses):
    return [[5 - x if x > 0 else -5 - x for x in clause] for clause in clauses]


satisfiability.add(
    catalogue.sequences.order_free(),
    catalogue.sequences.copies_free(),
    invariant(literals_reversed),
    invariant(all_negated),
    invariant(renamed),
)


@satisfiability.relation(expect=non_increasing)
def one_more_clause(clauses):
    """One more clause makes it no easier."""
    return ([*clauses, [1, -3]],)
