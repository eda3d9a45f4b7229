"""Install what the subjects of this folder need, run them, and compare with what their pages say.

``python run.py`` runs all subjects, ``python run.py graphs dates`` runs two. A subject is a folder
with a file ``runs.toml``: its runs, and which relations each of them must find violated. What a run
needs stands in a requirements file beside it:

- ``old.txt`` is installed into ``.installed/old``, which the implementation ``old.py`` puts first
  on its path, so that two releases of one library do not meet;
- ``requirements.txt`` is installed into the environment that runs this script.

The end is a table. The exit status is 0 only if every run was made and found just what it should.
"""

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
RESULT = re.compile(r"(?m)^(PASSED|FAILED|ERROR|SKIPPED) \S+?::(\S+)")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", help="folders; all of them if none is named")
    parser.add_argument("--no-install", action="store_true", help="use what is installed already")
    parser.epilog = "What comes after -- is handed to pytest."
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    asked, more = parser.parse_args(words[:end]), words[end + 1 :]
    known = sorted(path.parent.name for path in HERE.glob("*/runs.toml"))
    unknown = sorted(set(asked.subjects) - set(known))
    if unknown:
        parser.error(f"no subject {', '.join(unknown)}; there are: {', '.join(known)}")
    rows = []
    for name in asked.subjects or known:
        for row in run_subject(HERE / name, more, install=not asked.no_install):
            print(f"{row[0]}, {row[1]}: {row[-1]}", flush=True)
            rows.append(row)
    print("\n" + make_table(rows))
    return int(any(row[-1] != "as it should be" for row in rows))


def run_subject(folder, more, *, install):
    """Yield a row for each run: subject, run, number of entries, found, seconds, remark."""
    runs = tomllib.loads((folder / "runs.toml").read_text())["run"]
    with contextlib.ExitStack() as stack:
        try:
            if install:
                install_requirements(folder)
            words = prepare(folder, stack)
        except (subprocess.CalledProcessError, OSError) as error:
            for run in runs:
                yield folder.name, run["name"], 0, "", 0.0, f"not run: {error}"
            return
        for run in runs:
            yield make_run(folder, run, words, more)


def install_requirements(folder):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for file in sorted(folder.glob("*.txt")):
        if file.name == "requirements.txt":
            subprocess.run([*pip, "-r", file], check=True)
            continue
        target = folder / ".installed" / file.stem
        note = target / file.name
        if note.exists() and note.read_text() == file.read_text():
            continue
        shutil.rmtree(target, ignore_errors=True)
        # Nothing of what is installed already counts: an old release wants old companions.
        subprocess.run([*pip, "--target", target, "-r", file], check=True)
        note.write_text(file.read_text())


def prepare(folder, stack):
    """Compile and start what the subject's file ``prepare.toml`` names, if it has one.

    Returns:
        What the words HERE and ADDRESS in ``runs.toml`` stand for.
    """
    file = folder / "prepare.toml"
    asked = tomllib.loads(file.read_text()) if file.exists() else {}
    (folder / ".installed").mkdir(exist_ok=True)
    for command in asked.get("compile", []):
        subprocess.run(command.split(), cwd=folder, check=True)
    words = {"HERE": str(folder)}
    if "serve" in asked:
        server = serve([sys.executable, *asked["serve"].split()], folder)
        words["ADDRESS"] = stack.enter_context(server)
    return words


@contextlib.contextmanager
def serve(command, folder):
    """Run a server meanwhile, and give the address that it prints once it is ready."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().strip()
            if not address:
                raise OSError(f"{' '.join(command)} ended before it was ready")
            yield address
        finally:
            server.terminate()


def make_run(folder, run, words, more):
    options = [fill(option, words) for option in run.get("options", [])]
    for role in {"candidate", "baseline"} & run.keys():
        options += [f"--mg-{role}={locate(folder, fill(run[role], words))}"]
    options += more
    # A project whose pytest makes errors of warnings would fail what is only reported.
    quiet = ["-W", "default::pytest_metamorphic_guard.MetamorphicGuardWarning"]
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *quiet, *options]
    done = subprocess.run(
        [*command, folder], cwd=HERE.parents[2], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - begun
    results = {entry: word for word, entry in RESULT.findall(done.stdout)}
    several = len({entry.partition("::")[0] for entry in results}) > 1
    found = sorted(
        entry if several else entry.partition("::")[2]
        for entry, word in results.items()
        if word == "FAILED"
    )
    others = sorted(entry for entry, word in results.items() if word in ("ERROR", "SKIPPED"))
    if others or done.returncode not in (0, 1) or not results:
        remark = f"not run: {', '.join(others) or 'pytest says:'}\n{done.stdout}{done.stderr}"
    elif found != sorted(run["finds"]):
        remark = f"found {found} instead of {sorted(run['finds'])}\n{done.stdout}"
    else:
        remark = "as it should be"
    return folder.name, run["name"], len(results), ", ".join(found), seconds, remark


def locate(folder, specification):
    """Return a specification with the path of its file, where it names one."""
    path, colon, function = specification.partition(":")
    named = folder / path
    return f"{named}{colon}{function}" if named.exists() else specification


def fill(text, words):
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def make_table(rows):
    lines = ["| subject | run | relations | found | seconds |", "|---|---|---|---|---|"]
    for subject, run, entries, found, seconds, remark in rows:
        shown = found or "nothing"
        if remark != "as it should be":
            shown = remark.splitlines()[0]
        lines.append(f"| {subject} | {run} | {entries} | {shown} | {seconds:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
