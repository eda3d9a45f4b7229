"""What must hold for a model of what houses cost."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, batch_invariant, catalogue

house = st.fixed_dictionaries(
    {
        "area": st.integers(40, 400),
        "rooms": st.integers(1, 9),
        "age": st.integers(0, 100),
        "street": st.sampled_from(["Mill Lane", "Castle Road", "Harbour Street"]),
    }
)
house_prices = Task("house_prices", inputs=st.tuples(st.lists(house, max_size=5)))
house_prices.add(
    batch_invariant(),
    catalogue.models.row_order_follows(),
    catalogue.models.feature_raises("area", by=10),
    catalogue.models.feature_lowers("age", by=5),
    catalogue.models.feature_free("street", ["High Street", "Elm Grove"]),
)
