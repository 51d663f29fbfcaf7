"""What `surestep init` writes: one event, one function, its handler, and the settings. Text only."""

import re
from typing import Final

__all__ = ["PYPROJECT", "SETTINGS", "app_id_of", "render_files"]

SETTINGS: Final = """\
[tool.surestep]
specs = ["specs"]
package = "{module}.contract"
handlers = "{module}.handlers"
"""
"""The section of pyproject.toml; `{app}` and `{module}` are to be filled in."""

PYPROJECT: Final = f"""\
[project]
name = "{{app}}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["surestep"]

[project.optional-dependencies]
dev = ["surestep[dev]"]

{SETTINGS}
[tool.mypy]
strict = true
files = ["{{module}}"]
plugins = ["surestep_codegen.mypy"]  # what only types tell: clocks, files and chance between steps
enable_error_code = ["unused-awaitable"]  # a forgotten `await` of a step
"""
"""A whole pyproject.toml, for a directory without one."""

_SPEC: Final = """\
# What exists: events, and the functions they start.
spec: 1
app: {app}

events:
  demo/user.greeted:
    description: Somebody wants to be greeted.
    data:
      name: string
    examples:
      - name: Ada

functions:
  greet-user:
    description: Writes a greeting and returns it a moment later.
    triggers:
      event: demo/user.greeted
    returns: string
"""

_HANDLER: Final = '''\
"""The handler of `greet-user`. Written once; from now on it is yours."""

from {module}.contract.functions.greet_user import GreetUserContext, GreetUserStep, greet_user


def write_greeting(name: str) -> str:
    """The body of a step: it may do anything, and once it has finished it is never run again."""
    return f"Hello, {{name}}!"


@greet_user
async def handle(ctx: GreetUserContext, step: GreetUserStep) -> str:
    """Code between steps runs again after a restart, so it must do the same every time."""
    greeting = await step.run("write-greeting", write_greeting, ctx.event.data.name)
    await step.sleep("a-moment", "1s")
    return greeting
'''


def app_id_of(directory_name: str) -> str:
    """An app id made of a directory's name: `My Shop` gives `my-shop`; `app` where no letter is left."""
    words = re.findall("[a-z0-9]+", directory_name.lower())
    return re.sub("^[0-9-]+", "", "-".join(words))[:50].rstrip("-") or "app"


def render_files(app: str, module: str) -> dict[str, str]:
    """The files of a first project, by name; settings and ignored files are added to what there is."""
    values = {"app": app, "module": module}
    return {
        "specs/hello.yaml": _SPEC.format_map(values),
        f"{module}/__init__.py": "",
        f"{module}/handlers/__init__.py": "",
        f"{module}/handlers/greet_user.py": _HANDLER.format_map(values),
    }
