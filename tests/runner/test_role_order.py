"""Which role is called first."""

from itertools import pairwise

from scipy import stats

from pytest_metamorphic_guard.runner.role_order import RoleOrder

BOTH = ("candidate", "baseline")


def list_first(key, names):
    order = RoleOrder(key)
    return [order.arrange(BOTH, name)[0] for name in names]


def test_it_is_a_fair_coin_whose_tosses_do_not_follow_each_other():
    for names in ([f"sample {number}" for number in range(4_000)], [None] * 4_000):
        first = list_first("7:reordered", names)
        changes = sum(one != other for one, other in pairwise(first))

        assert stats.binomtest(first.count("candidate"), 4_000).pvalue > 1e-4
        assert stats.binomtest(changes, 3_999).pvalue > 1e-4


def test_it_is_the_same_for_the_same_case_and_another_for_another_item():
    names = [f"sample {number}" for number in range(100)]

    assert list_first("7:reordered", names) == list_first("7:reordered", names)
    assert list_first("7:reordered", names) != list_first("7:larger_k", names)


def test_one_role_alone_is_always_first():
    assert RoleOrder("7:reordered").arrange(("candidate",), "sample 1") == ["candidate"]
