"""How Sphinx builds the documentation: `make docs`. Nothing in the pages asks another server for anything."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "site"))

from backprop_tutor import __version__

project = "Backprop Tutor"
author = "The Backprop Tutor authors"
project_copyright = "The Backprop Tutor authors"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "terminal_screens", "command_options"]
exclude_patterns = ["requirements.lock"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"  # a name between backticks in a docstring
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
add_module_names = False
smartquotes = False  # -- begins an option

html_theme = "furo"
html_title = "Backprop Tutor"
html_static_path = ["site/static"]
html_css_files = ["screens.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
