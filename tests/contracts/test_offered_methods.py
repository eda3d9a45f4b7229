"""What of an executor's methods is taken for its own, and what makes calls for it."""

import pytest

from pytest_metamorphic_guard.contracts.executors import find_offered, find_stand_in


class Many:
    def execute(self, *call):
        return {"success": True}

    def execute_many(self, calls):
        return map(self.execute, calls)

    def with_parallel(self, number):
        return Many()


class Derived(Many):
    """Changes nothing of how calls are made."""


class Counting(Many):
    def execute(self, *call):
        return super().execute(*call)


class Mixin:
    def execute(self, *call):
        return super().execute(*call)


class Mixed(Mixin, Many):
    """Calls go through the mixin."""


class CountingAndMany(Counting):
    def execute_many(self, calls):
        return super().execute_many(calls)


class Before:
    """Hands on what it does not know."""

    def __init__(self):
        self.inner = Many()

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def execute(self, *call):
        return self.inner.execute(*call)


class Given:
    """Has what it offers from whoever made it."""

    def __init__(self):
        self.execute_many = Many().execute_many

    def execute(self, *call):
        return {"success": True}


class Odd(Many):
    execute_many = None


@pytest.mark.parametrize("kind", [Many, Derived, CountingAndMany, Given])
def test_many_calls_are_made_where_the_executor_means_it(kind):
    assert find_stand_in(kind(), "execute_many") is not None


@pytest.mark.parametrize("kind", [Counting, Mixed, Before, Odd])
def test_each_call_is_made_by_an_execute_that_would_be_passed_by(kind):
    assert find_stand_in(kind(), "execute_many") is None


def test_a_method_is_offered_by_its_class_or_its_instance_alone():
    assert find_offered(Derived(), "with_parallel") is not None
    assert find_offered(Given(), "execute_many") is not None
    assert find_offered(Before(), "with_parallel") is None
    assert find_offered(Odd(), "execute_many") is None
