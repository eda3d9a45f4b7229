"""What a cache of two values that forgets what was used least recently must do."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Call, Task

keys = st.sampled_from("abcd")
operations = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.tuples(keys, st.integers(0, 1))),
        st.tuples(st.just("get"), st.tuples(keys)),
        st.tuples(st.just("get"), st.builds(Call, keys, default=st.just(-1))),
        st.tuples(st.just("keys"), st.just(())),
    ),
    min_size=5,  # fewer fill no cache of two, use it, and overfill it
)
cache = Task(
    "cache",
    operations=operations,
    construct={"capacity": 2},
    function="Cache",
    agreement=True,
)


@cache.relation(expect="is_prefix")
def later_steps_change_no_earlier_answer(steps):
    """What is done later changes nothing of what was answered before."""
    return ([*steps, ("put", ("z", 0)), ("get", ("z",))],)


@cache.law
def what_was_put_is_there(solve, steps):
    """The value that was put last is found."""
    assert solve([*steps, ("put", ("z", 7)), ("get", ("z",))])[-1] == 7


@cache.law
def what_was_used_last_stays(solve, steps):
    """What was read just before a new key comes is not what is forgotten."""
    more = [("put", ("y", 1)), ("put", ("x", 2)), ("get", ("y",)), ("put", ("z", 3))]
    assert "y" in solve([*steps, *more, ("keys", ())])[-1]


@cache.property
def never_too_large(output, steps):
    """No more keys are held than there is room for."""
    pairs = zip(steps, output, strict=True)
    assert all(len(answer) <= 2 for (name, _), answer in pairs if name == "keys")
