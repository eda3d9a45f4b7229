from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

words = Task("words", inputs=st.tuples(st.lists(st.text("abc", max_size=3))), agreement=True)


@words.relation
def reordered(words):
    """The order of the words does not matter."""
    return (words[::-1],)


@words.relation
def repeated(words):
    """Saying everything twice changes nothing."""
    return (words * 2,)
