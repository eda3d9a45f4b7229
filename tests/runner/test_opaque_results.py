"""A result that cannot be compared decides nothing: the item is broken, whatever it was asked."""

import pytest

SOLUTIONS = """
class Cart:
    def __init__(self, x):
        self.total = x


def cart(x):
    return Cart(x)


def carts(x):
    return [1, {"cart": Cart(x)}]


def generator(x):
    return [(y for y in [x])]


def function(x):
    return lambda: x


def cart_set(x):
    return {Cart(x)}


def priced(x):
    return {"price": x, "cart": Cart(x)}


def falling(x):
    return {"price": -x, "cart": Cart(x)}
"""


SPARSE = """
import scipy.sparse

class Own(scipy.sparse.csr_matrix):
    pass

def sparse(x):
    return Own([[x]])
"""


@pytest.fixture
def suite(project):
    project.write(solutions=SOLUTIONS, matrices=SPARSE)
    return project


def relation(expect):
    return f"@t.relation(expect={expect})\ndef again(x):\n    return (x + 1,)\n"


def property_of(line):
    return f"@t.property\ndef good(output, x):\n    {line}\n"


CHECKS = {
    "equal": relation("'equal'"),
    "not_equal": relation("'not_equal'"),
    "is_subset": relation("'is_subset'"),
    "is_permutation": relation("'is_permutation'"),
    "non_decreasing": relation("'non_decreasing'"),
    "approx": relation("approx()"),
    "own expectation": relation("lambda before, after: before != after"),
    "own comparison of texts": relation("lambda before, after: str(before) != str(after)"),
    "own answer to everything": relation("lambda before, after: not before == after"),
    "comparison": property_of("return output != x"),
    "attribute": property_of("assert output.total >= 0"),
    "our own attribute": property_of("assert output.text"),
    "type": property_of("assert not isinstance(output, dict)"),
    "swallowed": property_of("""try:
        return output.total == 1
    except BaseException:
        return True"""),
    "raises": property_of("""with pytest.raises(BaseException):
        len(output)"""),
    "format": property_of("assert f'{output}'"),
    "law": "@t.law\ndef law(solve, x):\n    assert solve(x) != solve(x)\n",
    "law that passes it on": "@t.law\ndef law(solve, x):\n    solve(solve(x))\n",
}


@pytest.mark.parametrize("check", CHECKS)
def test_whatever_asks_about_an_opaque_result_is_broken(suite, check):
    suite.write_task(CHECKS[check])
    result = suite.run("--mg-candidate=solutions.py:cart")
    result.assert_outcomes(failed=1)
    text = " ".join(result.stdout.str().split())
    assert "decides nothing: from the candidate a solutions.Cart came" in text
    assert "does not travel between processes and cannot be compared; return plain data" in text
    assert "violated" not in text


@pytest.mark.parametrize("solution", ["cart", "carts", "generator", "function"])
@pytest.mark.parametrize("expect", ["equal", "not_equal"])
@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_no_kind_of_opaque_result_is_adopted_or_rejected(suite, solution, expect, executor):
    suite.write_task(relation(f"'{expect}'"))
    target = f"solutions.py:{solution}"
    result = suite.run(
        f"--mg-candidate={target}", f"--mg-baseline={target}", "--mg-gate",
        f"--mg-executor={executor}", "-Wignore",
    )  # fmt: skip
    text = " ".join(result.stdout.str().split())
    assert "decides nothing: from the" in text
    assert "violated by" not in text
    assert "INCONCLUSIVE" in text.upper()
    assert "ADOPT" not in text


@pytest.mark.parametrize(
    ("solution", "advice"),
    [
        ("solutions.py:generator", "return a list of what it yields instead"),
        ("solutions.py:function", "name a function that calls it, and return what that returns"),
        ("matrices.py:sparse", "return plain data instead"),
    ],
)
def test_the_sentence_says_what_to_return(suite, solution, advice):
    suite.write_task(relation("'equal'"))
    result = suite.run(f"--mg-candidate={solution}")
    assert advice in " ".join(result.stdout.str().split())


READS_A_PART = {
    "property": property_of("assert output['price'] > 0"),
    "expectation": relation("lambda a, b: a['price'] < b['price']"),
    "law": "@t.law\ndef law(solve, x):\n    assert solve(x)['price'] == x\n",
}


@pytest.mark.parametrize("check", READS_A_PART)
def test_a_check_that_reads_only_a_plain_part_decides(suite, check):
    suite.write_task(READS_A_PART[check])
    suite.run("--mg-candidate=solutions.py:priced").assert_outcomes(passed=1)
    result = suite.run("--mg-candidate=solutions.py:falling")
    result.assert_outcomes(failed=1)
    assert "is violated by solutions.py:falling" in result.stdout.str()
    assert "not deterministic" not in result.stdout.str()
    assert "confirmed in a fresh process" in result.stdout.str()


def test_an_equivalence_that_reads_only_a_plain_part_decides(suite):
    suite.write_task(
        "@t.relation\ndef again(x):\n    return (x,)\n",
        equivalence="lambda a, b: a['price'] == b['price']",
    )
    suite.run("--mg-candidate=solutions.py:priced").assert_outcomes(passed=1)


def test_a_part_that_differs_is_a_violation_beside_an_opaque_one(suite):
    suite.write_task(relation("'equal'"))
    result = suite.run("--mg-candidate=solutions.py:priced")
    assert "is violated by solutions.py:priced" in result.stdout.str()


def test_a_metric_of_an_opaque_result_measures_nothing(suite):
    suite.write_task(
        "t.metrics = (Metric('total', lambda output, args: output.total),)\n"
        + property_of("return True")
    )
    result = suite.run(
        "--mg-candidate=solutions.py:cart", "--mg-baseline=solutions.py:cart", "--mg-gate"
    )
    text = " ".join(result.stdout.str().split())
    assert "metric 'total' measures nothing: from the" in text
    assert "INCONCLUSIVE" in text.upper()


@pytest.mark.parametrize("options", [[], ["--mg-gate", "--mg-policy=strict"]])
def test_an_item_is_violated_where_another_input_violates_it(suite, options):
    suite.write(
        mixed="""
        class Cart: pass
        def solve(x):
            return Cart() if x == 1 else -x
        """
    )
    suite.write_task(property_of("assert output > 0"))
    result = suite.run("--mg-candidate=mixed.py", *options)
    assert "is violated by mixed.py" in result.stdout.str()


OWN_TESTS = """
import pytest

def test_differ(mg_candidate, mg_baseline):
    assert mg_candidate(1) != mg_baseline(1)

def test_swallows(mg_candidate, mg_baseline):
    with pytest.raises(BaseException):
        mg_candidate(1).total
"""


def test_a_test_of_the_users_own_decides_nothing_either(suite):
    suite.write(test_it=OWN_TESTS)
    target = "solutions.py:cart"
    result = suite.run(f"--mg-candidate={target}", f"--mg-baseline={target}", "--mg-gate")
    text = " ".join(result.stdout.str().split())
    assert text.count("the test decides nothing: a solutions.Cart came") >= 2
    assert "INCONCLUSIVE: " in text
