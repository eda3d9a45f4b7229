"""What must hold for writing a document as TOML and reading it again."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, round_trip

letters = "aB1 :#-\"'\\\n\t[]{},&*!|>%@~.é☃"
word = st.one_of(st.text(letters, max_size=6), st.sampled_from(["yes", "null", "1e3", "0x1", "~"]))
leaf = st.one_of(word, st.integers(-(2**63), 2**63 - 1), st.booleans())
document = st.dictionaries(
    word.filter(bool),
    st.one_of(leaf, st.lists(leaf, max_size=3), st.dictionaries(word, leaf)),
    max_size=3,
)
toml_files = Task("toml_files", inputs=st.tuples(document), function="encode")
toml_files.add(
    round_trip("encode", "decode"),
    catalogue.serialisation.stable(),
)


@toml_files.law
def key_order(encode, document):
    """The order of keys is no part of what is said."""
    decode = encode.function("decode")
    turned = dict(reversed(document.items()))
    assert decode(encode(turned)) == decode(encode(document))


@toml_files.law
def inside(encode, document):
    """A document is read as it was wherever it stands."""
    assert encode.function("decode")(encode({"outer": document})) == {"outer": document}
