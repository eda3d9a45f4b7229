"""What must hold for a search in titles, found by asking the questions of the page."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, deterministic, idempotent, keeps_arguments

words = st.lists(st.sampled_from(["red", "old", "house", "sea"]), max_size=3).map(" ".join)
finding = Task("finding", inputs=st.tuples(st.lists(words, max_size=6), words))

# What may change in the question without changing the answer?
finding.add(catalogue.text.case_free(argument=1), catalogue.text.space_runs_free(argument=1))
# What does a change of the titles do to the answer?
finding.add(
    catalogue.sequences.order_follows(),
    catalogue.sequences.keeps_found(),
    catalogue.sequences.joins_parts(),
)
# What comes of asking again?
finding.add(idempotent(), deterministic(), keeps_arguments())


@finding.relation(expect="is_superset")
def one_more_word(titles, question):
    """One more word leaves titles out and brings none in."""
    return titles, question + " sea"
