"""The page of pytest-html has the short form of an item, and a link to ours."""

import html
import json
import re

import pytest

TASK = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[("a",), ("<script>b</script>",)])

@t.property
def same(output, text):
    assert output == text

@t.property
def text(output, text):
    assert isinstance(output, str)
"""
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
NEW = f"def solve(text):\n    return text if text == 'a' else {EVIL!r}\n"
OLD = "def solve(text):\n    return text\n"


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_an_item_has_its_short_form_and_the_page_links_ours(suite, workers):
    suite.write(test_it=TASK, new=NEW, old=OLD)

    result = suite.spawn(
        "--mg-candidate=new.py",
        "--mg-baseline=old.py",
        "--mg-gate",
        "--html=out/theirs.html",
        "--mg-html=our page.html",
        *workers,
    )

    assert result.ret == 1
    page = (suite.path / "out" / "theirs.html").read_text()
    blob = html.unescape(re.search(r'data-jsonblob="([^"]*)"', page)[1])
    tests = json.loads(blob)["tests"]
    shown = {
        name: "".join(extra["content"] for one in found for extra in one["extras"])
        for name, found in tests.items()
    }
    same = shown["test_it.py::t::same"]
    assert "<strong>t</strong> <code>same is violated in 2 cases</code>" in same
    assert "<strong>candidate</strong> <code>" in same
    assert "<strong>baseline</strong> <code>" in same
    assert "text holds in 2 cases" in shown["test_it.py::t::text"]
    assert "<script>" not in same
    assert "<img" not in same
    assert '<a href="../our%20page.html">' in page
    assert "metamorphic guard: <strong>reject: 1 confirmed regression" in page
