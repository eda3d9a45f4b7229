"""The kind of value against amounts, and against parts that a candidate made up."""

from decimal import Decimal

import pytest
from mg_example_plugins import values
from mg_example_plugins.money import Money


def test_an_amount_arrives_as_it_was_sent():
    assert values.put_together(*values.take_apart(Money("9.99", "EUR"))) == Money("9.99", "EUR")


def test_its_source_makes_it_again():
    assert eval(values.to_source(Money("9.99", "EUR"), repr)) == Money("9.99", "EUR")  # noqa: S307


@pytest.mark.parametrize("parts", [(1, "EUR"), (Decimal("NaN"), "EUR"), (Decimal(1), None)])
def test_parts_of_no_amount_are_refused(parts):
    with pytest.raises(ValueError, match="no "):
        values.put_together(*parts)
