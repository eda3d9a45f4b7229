"""Exceptions as answers and expectations with a hole, in runs of a user's project."""

CODE = """
class OutOfStock(ValueError):
    pass

def solve(xs):
    if not xs:
        raise OutOfStock("nothing there")
    if len(xs) > 3:
        raise ValueError(f"{len(xs)} are too many")
    return sum(xs)

def wrong(xs):
    if not xs:
        raise KeyError("oops")
    if 7 in xs:
        return None
    return {"total": max(xs), "count": len(xs), "items": list(xs)}
"""
TASKS = """
from pytest_metamorphic_guard import *

LISTS = [([1, 2, 3],), ([2],), ([],), ([1, 2, 3, 4],)]
refuses = Task("refuses", inputs=LISTS, raises=ValueError)

@refuses.relation
def reversed_(xs):
    return (xs[::-1],)

@refuses.relation(expect=scaled(3))
def tripled(xs):
    return ([3 * x for x in xs],)

@refuses.property
def raises_for_some(output, xs):
    if 0 < len(xs) < 4:
        assert output == sum(xs)
    else:
        assert output.is_a("OutOfStock" if not xs else ValueError)
        assert output.message in ("nothing there", "4 are too many")

plain = Task("plain", inputs=LISTS[:2])

@plain.relation(expect=raises(ValueError))
def emptied(xs):
    return ([],)

@plain.relation
def also_emptied(xs):
    return ([],)

strict = Task("strict", inputs=LISTS)

@strict.property
def any_output(output):
    return True

other = Task("other", inputs=[([1, 2],), ([3],)], function="wrong", raises=(ValueError,))

@other.relation(expect=raises(ValueError))
def emptied_too(xs):
    return ([],)

@other.relation(expect=on(lambda out: out["total"], scaled(3)))
def parts(xs):
    return ([4 * x for x in xs],)

@other.relation(expect=maps(lambda out: out["items"] + [5]))
def mapped(xs):
    return (xs + [5],)

@other.relation(
    expect=all_of(on(lambda out: out["count"], "equal"), on(lambda out: out["total"], increasing))
)
def both(xs):
    return ([x - 1 for x in xs],)

@other.relation(expect=on(lambda out: out["items"], sum_of_sources), sources=2)
def together(a, b):
    return a

@other.relation(expect=any_of(lambda a, b: [], "equal"))
def strange(xs):
    return (xs,)
"""


def test_exceptions_are_answers_where_a_task_says_so(project, read_texts):
    project.write(code=CODE, test_it=TASKS)
    result = project.run("--mg-candidate=code.py", "-rA")
    texts = read_texts(result)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED test_it.py::refuses::reversed_",
            "PASSED test_it.py::refuses::tripled",
            "PASSED test_it.py::refuses::raises_for_some",
            "PASSED test_it.py::plain::emptied",
        ]
    )
    # Where the reader's eye goes: the lines, whatever their width.
    said = {name: " ".join(text.split()) for name, text in texts.items()}
    assert "expected every call returns traceback" in said["plain.also_emptied"]
    assert "expected every call returns traceback" in said["strict.any_output"]
    assert "follow-up -> KeyError: 'oops'" in said["other.emptied_too"]
    assert "expected the follow-up call raises ValueError" in said["other.emptied_too"]
    part = "of a part of each output: the follow-up output is"
    assert f"{part} 3 times the source output which are 3 and 12 that is 9" in said["other.parts"]
    assert "what the function of maps() makes of the source output" in said["other.mapped"]
    assert "that is [3, 5]" in said["other.mapped"]
    assert f"not so {part} above the source output which are 3 and 2" in said["other.both"]
    assert f"{part} the sum of the source outputs" in said["other.together"]
    assert "returned a list, expected True, False, or an assert" in said["other.strange"]
    result.assert_outcomes(passed=4, failed=8)
