"""The environment that every test of this project starts from, whoever starts it."""

import os

# What a developer's shell or a CI service sets must not change what a test sees: our own options,
# the options of the outer pytest, colours and width of its output, and the marks of a CI service,
# for which pytest stops shortening its text and hypothesis loads another profile. Done on import,
# because hypothesis chooses its profile when the first test module imports it.
_FOREIGN = (
    "BUILD_NUMBER",
    "CI",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "NO_COLOR",
    "PYTEST_ADDOPTS",
    "TF_BUILD",
    "__TOX_ENVIRONMENT_VARIABLE_ORIGINAL_CI",
)
for _name in [name for name in os.environ if name.startswith("MG_") or name in _FOREIGN]:
    del os.environ[_name]
os.environ["COLUMNS"] = "80"
