from pytest_metamorphic_guard import Task

prices = Task("prices", inputs=[(price, amount) for price in range(10) for amount in range(10)])


@prices.property
def whole(output, price, amount):
    assert output == price * amount


@prices.relation(expect=lambda one, more: more >= one)
def more_cost_more(price, amount):
    return price, amount + 1
