"""The page of a run in a real browser: what it shows, and that a candidate cannot use it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

axe_page = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no playwright")
from playwright.sync_api import sync_playwright  # noqa: E402 - after it is known to be there

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")

TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

task = Task("prices", inputs=st.tuples(st.lists(st.integers(0, 50), min_size=2)))

@task.relation
def reordered(prices):
    "The order of the prices does not matter"
    return (prices[::-1],)

@task.property
def not_negative(output):
    return output >= 0
"""
KNOWN = """
[[known]]
task = "prices"
entry = "reordered"
condition = "prices[0] == 50"
reason = "the most expensive one is on offer"
ticket = "SHOP-1"
expires = {expires}
"""
LAST = {
    "report_version": "1.0",
    "items": [],
    "violations": [{"node_id": "prices::gone", "source_input": "(([1, 2],),)"}],
    "monitors": [{"monitor": "trend", "status": "failed", "alerts": [{"message": "slower"}]}],
    "times": {"started_at": "2020-01-01T00:00:00.000+00:00"},
}
HOSTILE = (
    "</script><script>window.broken=1</script><img src=x onerror='window.broken=1'>"
    '</style><svg onload=window.broken=1>" onmouseover=window.broken=1 {{7*7}}{% raw %}]]>'
    "<a href='javascript:window.broken=1'>\u202egpj.exe\x1b[31m\x00\ud800"
)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A folder with the report and the page of a run that rejects one candidate of two."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "test_prices.py").write_text(TASK)
    (folder / "old.py").write_text("def solve(prices):\n    return sum(prices)\n")
    (folder / "good.py").write_text(
        "from math import fsum\n\ndef solve(p):\n    return int(fsum(p))\n"
    )
    (folder / "bad.py").write_text("def solve(p):\n    return sum(p[1:]) + min(p[0], 9)\n")
    entries = (KNOWN.format(expires=f"{year}-01-31") for year in (2999, 2020))
    (folder / "known.toml").write_text("".join(entries).replace("== 50", "== 49", 1))
    (folder / "last.json").write_text(json.dumps(LAST))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *("--mg-known=known.toml", "--mg-compare=last.json", "--mg-history=kept"),
            *("--mg-baseline=old.py", "--mg-candidate=good.py", "--mg-candidate=bad.py"),
            *("--mg-gate", "--mg-n=60", "--mg-monitor=latency", "--mg-monitor=errors"),
            *("--mg-executor=inprocess", "--mg-report=report.json", "--mg-html=pages/run.html"),
        ],
        cwd=folder,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "page: " in done.stdout, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def browser():
    """A real browser that nothing on the page can reach the network through."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser):
    """Return a function that opens a file, and keeps what the page said and asked for."""
    with contextlib.ExitStack() as stack:

        def open_file(path, **options):
            page = stack.enter_context(contextlib.closing(browser.new_page(**options)))
            page.said = []
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda error: page.said.append(str(error)))
            page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
            page.on("request", lambda request: page.said.append(request.url))
            page.goto(path.resolve().as_uri())
            page.said.remove(path.resolve().as_uri())
            return page

        yield open_file


def make_page(report, path):
    """Write the page of a report with the command that users have for it."""
    source = path.with_suffix(".json")
    source.write_text(json.dumps(report))
    command = [sys.executable, "-m", "pytest_metamorphic_guard.report", str(source)]
    return subprocess.run([*command, "-o", str(path)], capture_output=True, text=True, check=False)


@needs_browser
def test_the_decision_and_both_outputs_are_seen_and_the_command_is_copied(run_folder, open_page):
    page = open_page(run_folder / "pages" / "run.html")

    assert page.title() == "Adopt: good.py in place of old.py"
    assert page.locator(".banner").bounding_box()["y"] < 200
    assert "good.py (1 of 2 candidates may be adopted)" in page.locator(".banner").inner_text()
    rows = page.locator("#candidates + div tbody tr").all_inner_texts()
    assert [row.split()[:2] for row in rows] == [["good.py", "adopt"], ["bad.py", "reject"]]
    violation = page.locator("details", has_text="prices: reordered").first
    assert violation.get_attribute("open") == ""
    calls = violation.locator(".call").all_inner_texts()
    assert [call.split("\n")[0] for call in calls] == ["source", "follow-up"]
    assert all("baseline" in call and "candidate" in call for call in calls)
    assert violation.locator("mark").count() >= 2
    assert "The order of the prices does not matter" in violation.inner_text()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    violation.get_by_role("button").click()
    violation.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("pytest test_prices.py::prices::reordered --mg-candidate=bad.py")
    # The durations of both candidates, and the last runs.
    assert page.locator("#monitors ~ svg").count() == 3
    assert page.said == []


@needs_browser
def test_what_is_known_what_changed_and_the_last_runs_are_seen(run_folder, open_page):
    page = open_page(run_folder / "pages" / "run.html")

    changed = page.locator("#since ~ dl").first.inner_text()
    assert "prices::gone was violated, and did not run to its end" in changed
    assert "trend not in this run" in changed
    known = page.locator("#known ~ div tbody tr").all_inner_texts()
    assert "prices: reordered" in known[0]
    assert "expired" in known[1]
    assert page.locator("#history ~ svg").get_attribute("aria-label").startswith("share of checks")


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(run_folder, open_page, scheme):
    page = open_page(
        run_folder / "pages" / "run.html",
        color_scheme=scheme,
        viewport={"width": 400, "height": 800},
        bypass_csp=True,  # for the checker, which is a script
    )
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    found = axe_page.Axe().run(page).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == []


@needs_browser
def test_a_hostile_report_does_nothing(run_folder, open_page, tmp_path):
    report = json.loads((run_folder / "report.json").read_text())
    keys = {"outcome", "role", "status", "report_version", "started_at"}

    def poison(value, key=""):
        if isinstance(value, str):
            return value if key in keys else HOSTILE
        if isinstance(value, dict):
            return {name: poison(part, name) for name, part in value.items()}
        return [poison(part) for part in value] if isinstance(value, list) else value

    target = tmp_path / "hostile.html"
    assert make_page(poison(report), target).returncode == 0
    page = open_page(target, viewport={"width": 400, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.mouse.move(200, 300)

    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("window.broken") is None
    assert page.locator("img, a[href^=javascript], svg[onload], script").count() == 1
    assert "\\u202egpj.exe\\x1b[31m" in page.locator("h1").inner_text()
    assert page.said == []


def test_a_large_run_stays_small(run_folder, tmp_path):
    report = json.loads((run_folder / "report.json").read_text())
    violation = report["violations"][0]
    numbers = ", ".join(map(str, range(1000, 1330)))  # as long as a report has it
    call = {"which": "source", "arguments": f"prices = [{numbers}]"}
    call |= {"candidate": f"[{numbers}]", "baseline": f"[7, {numbers}]"}
    violation["shown"]["calls"] = [call] * 4
    report["violations"] = [violation] * 200
    target = tmp_path / "large.html"

    assert make_page(report, target).returncode == 0
    assert target.stat().st_size < 5_000_000
    assert target.read_text().count("<details") >= 200


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "it is no JSON"), ("[]", "it is no report"), ('{"a": 1}', "it is no report")],
)
def test_what_is_no_report_is_refused_in_a_line(tmp_path, content, said):
    file = tmp_path / "some.json"
    file.write_text(content)
    command = [sys.executable, "-m", "pytest_metamorphic_guard.report", "some.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"some.json: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert not list(Path(tmp_path).glob("*.html"))


def test_without_the_extra_the_run_does_not_begin(project):
    project.write_task("@t.property\ndef fine(output):\n    return True\n")
    project.write(new="def solve(x):\n    return x\n")
    project.write(without="import sys\nsys.modules['jinja2'] = None\n")
    result = project.spawn(
        *("-p", "no:html", "-p", "without"),
        "--mg-candidate=new.py",
        "--mg-html=a.html",
        PYTHONPATH=project.path,
    )

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = "--mg-html: the page needs jinja2: pip install 'pytest-metamorphic-guard[html]'"
    assert said in result.stderr.str()
