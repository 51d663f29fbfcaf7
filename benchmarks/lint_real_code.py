#!/usr/bin/env python3
r"""What `surestep lint` says about code that others wrote for other engines, and how much of it is wrong.

The workflows of samples and tests whose authors know nothing of this lint:

    git clone https://github.com/inngest/inngest-py
    git clone https://github.com/temporalio/samples-python
    git clone https://github.com/dbos-inc/dbos-demo-apps
    git clone https://github.com/restatedev/ai-examples restate/ai
    git clone https://github.com/restatedev/examples restate/examples
    git clone https://github.com/aws/aws-durable-execution-sdk-python
    benchmarks/lint_real_code.py --inngest inngest-py --temporal samples-python --dbos dbos-demo-apps \
        --restate restate --aws aws-durable-execution-sdk-python/packages/aws-durable-execution-sdk-python-examples

Each is copied, and its workflows are given the form of handlers, so that no line moves: contexts that have steps become
parameters `step`, decorators of workflows become those of declarations, and steps and activities are marked as pure.
What another engine allows and this one does not (its own awaits, tasks and sleeps) is left out, see `ALLOWED`.

`lint_real_code.txt` has a verdict for each finding: `COLLECTION FILE:LINE KIND true|false REASON`. True is what the
manual forbids, were it harmless there, such as a print. A finding without a verdict is shown as open: other revisions
than those named there may have some. The status is 1 where one is open.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.targets import find_targets
from surestep_dsl.determinism_codes import UNREADABLE

VERDICTS = Path(__file__).with_suffix(".txt")
MARK = "others.functions.workflow.workflow"
"""A decorator like that of a generated declaration."""

INNGEST_HANDLER = re.compile(r"(def (\w+)\(\s*ctx): (?:inngest\.)?(?:Context|ContextSync)\b,?")


@dataclass(frozen=True, slots=True)
class Key:
    """A finding, however it is worded."""

    collection: str
    place: str
    kind: str


def adapt_inngest(text: str) -> str:
    """Handlers that take a context, which has the steps."""
    return INNGEST_HANDLER.sub(r"\1, step", text).replace("ctx.step.", "step.")


def adapt_temporal(text: str) -> str:
    """Methods that run a workflow or answer its messages; activities may do what they like."""
    return _marked(text, r"workflow\.(?:run|signal|update|query)", r"activity\.defn")


def adapt_dbos(text: str) -> str:
    """Functions; steps may do what they like."""
    return _marked(text, r"DBOS\.workflow", r"DBOS\.(?:step|transaction)")


def adapt_restate(text: str) -> str:
    """Functions whose context has the steps."""
    text = re.sub(r"\bctx: (?:restate\.)?\w*Context\b", "ctx: RestateStep", text).replace("ctx.run_typed(", "ctx.run(")
    return _marked(text, r"\w+\.(?:handler|main)", r"nothing")


def adapt_aws(text: str) -> str:
    """Functions whose context has the steps; functions made for a step may do what they like."""
    text = re.sub(r"\bcontext: \w*Context\b", "context: DurableStep", text).replace("context.step(", "context.run(")
    return _marked(text, r"durable_execution", r"durable_step")


def _marked(text: str, workflow: str, step: str) -> str:
    for names, mark in ((workflow, MARK), (step, "surestep.pure")):
        text = re.sub(rf"^( *)@{names}(?:\(.*\))?$", rf"\1@{mark}", text, flags=re.MULTILINE)
    return f"{text}\nimport others, surestep\n"


ADAPTERS: Mapping[str, Callable[[str], str]] = {
    "inngest": adapt_inngest,
    "temporal": adapt_temporal,
    "dbos": adapt_dbos,
    "restate": adapt_restate,
    "aws": adapt_aws,
}
STEPS: Final = frozenset({"unawaited-step", "nested-step", "dynamic-step-id", "duplicate-step-id"})
"""Kinds about the form of a step."""
ALLOWED: Mapping[str, frozenset[str]] = {
    "inngest": frozenset(),
    "temporal": frozenset({"foreign-await", "task-spawn", "sleep"}),
    "dbos": frozenset({"foreign-await", "task-spawn"}),
    "restate": STEPS | {"foreign-await", "task-spawn"},
    "aws": STEPS | {"foreign-await", "task-spawn"},
}
"""Kinds that are no mistakes for those engines."""


def adapt(source: Path, folder: Path, adapter: Callable[[str], str]) -> set[str]:
    """Copy a collection's modules; gives the names of functions that are handlers by their parameters."""
    names: set[str] = set()
    for path in source.rglob("*.py"):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = path.read_bytes().decode()
            names.update(name for _, name in INNGEST_HANDLER.findall(text))
            target.write_bytes(adapter(text).encode())
        except UnicodeDecodeError:
            shutil.copy(path, target)
    return names


def lint(collection: str, source: Path) -> tuple[dict[Key, Finding], int, int]:
    """What is said about a collection, in how many files that have workflows, and how many of those."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        names = adapt(source, folder, ADAPTERS[collection])
        targets = find_targets([folder], None, names if collection == "inngest" else ())
        found: dict[Key, Finding] = {}
        linted = lint_files(targets.files, targets.roots, targets.signs, base=folder)
        for finding in linted.findings:
            diagnostic = finding.diagnostic
            if finding.kind not in ALLOWED[collection] and diagnostic.code != UNREADABLE:
                place = f"{diagnostic.span.file}:{diagnostic.span.line}"
                found[Key(collection, place, finding.kind)] = finding
        files = sum(lint_files([one], targets.roots, targets.signs, base=folder).handlers > 0 for one in targets.files)
        return found, files, linted.handlers


def load_verdicts() -> dict[Key, bool]:
    """Which findings are right."""
    lines = (line.split(maxsplit=4) for line in VERDICTS.read_text().splitlines() if line and line[0] != "#")
    return {Key(collection, place, kind): verdict == "true" for collection, place, kind, verdict, _ in lines}


def main() -> None:
    """Lint what there is, and print what is known of the findings."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for collection in ADAPTERS:
        options.add_argument(f"--{collection}", type=Path, metavar="DIR")
    arguments = vars(options.parse_args())
    verdicts, is_open = load_verdicts(), False
    for collection, source in arguments.items():
        if source is None:
            continue
        found, files, handlers = lint(collection, source)
        right = sum(verdicts.get(key) is True for key in found)
        wrong = sum(verdicts.get(key) is False for key in found)
        for key, finding in found.items():
            if key not in verdicts:
                is_open = True
                print(f"open: {key.collection} {key.place} {key.kind}: {finding.diagnostic.message}")
        print(f"{collection}: {handlers} workflows in {files} files, {right} findings right, {wrong} wrong")
        print(f"  false alarms in a hundred files: {100 * wrong / max(files, 1):.1f}")
    sys.exit(is_open)


if __name__ == "__main__":
    main()
