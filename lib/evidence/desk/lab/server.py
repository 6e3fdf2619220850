"""What JupyterLab gets of a chapter on opening: what it would write into it itself, so that nothing changes.

JupyterLab puts the display name and the language of the running kernel into a notebook and then marks it as
changed. Both are there already when it comes from here; saving takes them out again (see `jupytext.toml`).
"""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext.async_contentsmanager import build_async_jupytext_contents_manager_class

from evidence.desk.lab import as_it_was, figures
from evidence.publish import project

#: As the headers of the chapters have it, whatever the kernel of the day is called.
DISPLAY_NAME = "Python 3"


class Kernels(KernelSpecManager):
    """Knows the kernel of Python under the name that the chapters give it."""

    def _get_kernel_spec_by_name(self, kernel_name: str, resource_dir: str) -> KernelSpec:
        spec = super()._get_kernel_spec_by_name(kernel_name, resource_dir)
        if kernel_name == NATIVE_KERNEL_NAME:
            spec.display_name = DISPLAY_NAME
        return spec


class Chapters(build_async_jupytext_contents_manager_class(AsyncLargeFileManager)):  # type: ignore[misc]
    """Opens chapters with the language of the kernel in them, and saves them with the header they had."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.register_pre_save_hook(as_it_was)

    async def get(self, path: str, *arguments: Any, **named: Any) -> Any:
        """Return a file; a notebook with its language."""
        model = await super().get(path, *arguments, **named)
        if model["type"] == "notebook" and model.get("content"):
            model["content"]["metadata"].setdefault("language_info", dict(IPythonKernel.language_info))
            figures(project.here())  # a study may have been added since
        return model
