"""What a churn model must satisfy, whatever it was trained on."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Metric, Task, non_decreasing, non_increasing

customers = st.fixed_dictionaries(
    {
        "customer_id": st.integers(1, 99_999),
        "region": st.sampled_from(["north", "south"]),
        "complaints": st.integers(0, 9),
        "months": st.integers(0, 120),
        "late_payments": st.integers(0, 6),
    }
)
churn = Task(
    "churn",
    inputs=st.tuples(customers),
    group=lambda customer: customer["region"],
    metrics=[Metric("mean_risk", lambda risk, _inputs: risk, higher_is_better=False)],
)


@churn.relation
def another_id(customer):
    """A customer's number says nothing."""
    return ({**customer, "customer_id": customer["customer_id"] + 1},)


@churn.relation(expect=non_decreasing)
def one_more_complaint(customer):
    """Who complains more does not become more likely to stay."""
    return ({**customer, "complaints": customer["complaints"] + 1},)


@churn.relation(expect=non_increasing)
def one_more_year(customer):
    """Who stayed longer does not become more likely to leave."""
    return ({**customer, "months": customer["months"] + 12},)


@churn.property
def probability(risk):
    assert 0 <= risk <= 1


@churn.property(soft=True)
def undecided(risk):
    """A risk between 1 % and 99 % leaves room for doubt; beyond it, look at the case."""
    assert 0.01 <= risk <= 0.99
