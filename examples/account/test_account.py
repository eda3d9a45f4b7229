"""What a bank account must do, whatever is done with it, one operation after the other."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import RaisedAnswer, Task

amounts = st.integers(-1, 9)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), st.tuples(amounts)),
        st.tuples(st.just("withdraw"), st.tuples(amounts)),
        st.tuples(st.sampled_from(["undo", "statement", "balance"]), st.just(())),
    ),
    max_size=12,
)
account = Task(
    "account",
    inputs=st.tuples(st.integers(0, 20)),
    operations=operations,
    function="Account",
    agreement=True,
)


@account.relation(expect="is_prefix")
def later_steps_change_no_earlier_answer(opening, steps):
    """What is done later changes nothing of what was answered before."""
    return opening, [*steps, ("deposit", (1,)), ("balance", ())]


@account.relation(expect=lambda before, after: after[-1] == after[-2] and after[:-2] == before)
def looking_twice(opening, steps):
    """To look at the balance does not change it."""
    return opening, [*steps, ("balance", ()), ("balance", ())]


@account.property
def one_answer_per_step(output, opening, steps):
    return len(output) == len(steps)


@account.property
def never_overdrawn(output, opening, steps):
    """No sequence of operations leaves less than nothing."""
    pairs = zip(steps, output, strict=True)
    assert all(answer >= 0 for (name, _), answer in pairs if name == "balance")


@account.law
def what_is_undone_never_was(solve, opening, steps):
    """A deposit that is undone leaves the balance as it was."""
    there = solve(opening, [*steps, ("balance", ()), ("deposit", (5,)), ("undo", ())])
    assert there[-1] == there[-3]
    assert not isinstance(there[-1], RaisedAnswer)
