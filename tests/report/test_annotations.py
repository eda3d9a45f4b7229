"""Violations beside the code, on GitHub and GitLab; a candidate cannot add a command of its own."""

import json
import re

TASK = """
@t.relation
def later(x):
    "One more gives as much"
    return (x + 1,)
"""
HOSTILE = """
def solve(x):
    print("::error file=a::printed")
    return f"{x}\\n::set-output name=a::b%0A::error::c" if x else "::warning::d"
"""


def test_violations_are_annotations_that_values_cannot_add_to(project, monkeypatch):
    project.write_task(TASK)
    project.write(new=HOSTILE)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.path.parent))
    result = project.run("--mg-candidate=new.py", "--mg-code-quality=out/quality.json")

    commands = [line for line in result.outlines if line.lstrip().startswith("::")]
    (command,) = commands
    line = (project.path / "test_it.py").read_text().splitlines().index("@t.relation") + 1
    head = rf"::error file={project.path.name}/test_it\.py,line=({line}|{line + 1}),title=[^:]*::"
    assert re.match(head, command)
    assert "One more gives as much" in command
    assert "%0A::" not in command.replace("%250A", "")
    (row,) = json.loads((project.path / "out" / "quality.json").read_text())
    assert row["description"] == "t.later is violated by new.py"
    assert row["location"]["path"] == f"{project.path.name}/test_it.py"
    assert (row["severity"], len(row["fingerprint"])) == ("major", 64)
    result.stdout.fnmatch_lines(["code quality: *quality.json"])
