"""Settings of the documentation site.

The build needs no network. Cross-references into other projects need their inventories, which are
fetched on Read the Docs, or where INTERSPHINX=1 is set.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

os.environ["MPLBACKEND"] = "Agg"

import sklearn_infotheory  # noqa: E402

project = "sklearn-infotheory"
author = "The sklearn-infotheory developers"
copyright = f"2026, {author}"
release = version = sklearn_infotheory.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx.ext.extlinks",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
default_role = "code"
add_module_names = False

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's sections say the types
numpydoc_show_class_members = False  # the template of classes lists them

extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

_ONLINE = os.environ.get("READTHEDOCS") == "True" or os.environ.get("INTERSPHINX") == "1"
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", None),
    "numpy": ("https://numpy.org/doc/stable", None),
    "scipy": ("https://docs.scipy.org/doc/scipy", None),
    "sklearn": ("https://scikit-learn.org/stable", None),
    "pandas": ("https://pandas.pydata.org/docs", None),
}
if not _ONLINE:
    intersphinx_mapping = {}
intersphinx_timeout = 10

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"[/\\]plot_",
    "ignore_pattern": r"[/\\](?!plot_)[^/\\]*\.py$",
    "within_subsection_order": "FileNameSortKey",  # the numbers are the order of teaching
    "doc_module": ("sklearn_infotheory",),
    "reference_url": {"sklearn_infotheory": None},
    "remove_config_comments": True,
    "show_memory": False,
    "abort_on_example_error": True,
    "plot_gallery": "True",
}

html_theme = "pydata_sphinx_theme"
html_title = f"sklearn-infotheory {release}"
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "show_nav_level": 1,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": [], "validation": [], "benchmarks": [], "changelog": []}
