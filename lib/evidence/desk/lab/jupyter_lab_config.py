"""How `make edit` starts JupyterLab; read by JupyterLab itself."""

# ruff: noqa: F821  (`c` is put there by JupyterLab)
# mypy: ignore-errors

from pathlib import Path

from jupyter_server.serverapp import ServerApp

from evidence.desk.lab import EXTENSIONS, figures
from evidence.desk.lab.server import Chapters, Kernels
from evidence.publish import project

book = project.here()
if ServerApp.initialized():  # the path is no option
    ServerApp.instance().static_custom_path = [str(figures(book))]

c.ServerApp.root_dir = str(book.root)
c.ServerApp.contents_manager_class = Chapters
c.ServerApp.kernel_spec_manager_class = Kernels
c.FileContentsManager.preferred_dir = "chapters"
c.LabApp.app_settings_dir = str(Path(__file__).parent)
c.LabApp.custom_css = True
c.LabApp.extra_labextensions_path = [str(EXTENSIONS)]
c.LabApp.extension_manager = "readonly"
