"""Sphinx's configuration: one theme, Markdown pages, the API from docstrings, no network."""

import importlib.metadata

project = "pytest-metamorphic-guard"
author = "The pytest-metamorphic-guard developers"
copyright = f"2026, {author}"
release = importlib.metadata.version(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = project

# Docstrings write names in single backquotes; they are shown as code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
