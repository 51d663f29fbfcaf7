"""What `surestep lint` costs on 50,000 lines of handlers and what they call, cold and warm, beside merely parsing them.

    python benchmarks/lint.py [LINES]

Prints seconds; the warm run is a process of its own, so that its imports count.
"""

import ast
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HANDLERS_PER_MODULE = 4
MODULES_PER_HANDLER_MODULE = 4

HELPER = '''
class Order{number}:
    """An order with lines."""

    def __init__(self, lines: list[int], name: str = "") -> None:
        self.lines = lines
        self.name = name

    def total(self) -> int:
        """What all lines cost together."""
        found = 0
        for line in self.lines:
            if line > 0:
                found += line * {number}
        return found


def quote_{number}(order: "Order{number}", rate: float) -> float:
    """A price."""
    base = order.total() * rate
    rounded = round(base, 2)
    if rounded > 100:
        rounded -= rounded // 50
    return min(rounded, float(max(order.lines)))


def label_{number}(order: "Order{number}", words: dict[str, str]) -> str:
    """A text for people."""
    parts = [words.get(part, part).strip().title() for part in order.name.split("-")]
    return f"{{' '.join(parts)}}: {{quote_{number}(order, 1.5):.2f}}"
'''

HANDLER = '''
async def handle_{number}(ctx: ShopContext, step: ShopStep) -> float:
    """Charge an order."""
    data = ctx.event.data
    order = {module}.Order{target}(data.lines, data.name)
    customer = await step.run("find-customer-{number}", find, data.user_id)
    price = {module}.quote_{target}(order, 1.2)
    if price > 100:
        await step.sleep("cool-down-{number}", "1h")
    names = sorted({{line.name for line in data.lines}})
    for name in names:
        await step.run(f"reserve-{{name}}", find, name)
    label = {module}.label_{target}(order, {{"a": "b"}})
    await step.run("charge-{number}", find, label)
    return price
'''


def write_corpus(folder: Path, lines: int) -> int:
    """Write packages of about as many lines; gives the number of modules."""
    written = modules = 0
    while written < lines:
        package = folder / "shop" / f"part{modules}"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        texts = {f"tools{number}": _helpers(number) for number in range(MODULES_PER_HANDLER_MODULE)}
        texts["handlers"] = _handlers(package.name)
        for name, text in texts.items():
            (package / f"{name}.py").write_text(text)
            written += text.count("\n")
        modules += len(texts) + 1
    return modules


def _helpers(number: int) -> str:
    head = '"""Helpers."""\n\nimport math\n\nRATE = math.sqrt(2)\n'
    return head + "".join(HELPER.format(number=number * 10 + each) for each in range(HANDLERS_PER_MODULE))


def _handlers(package: str) -> str:
    names = ", ".join(f"tools{number}" for number in range(MODULES_PER_HANDLER_MODULE))
    head = f'"""Handlers."""\n\nfrom shop.{package} import {names}\n\n\ndef find(key: str) -> str:\n    return key\n\n'
    handlers = (
        f"@functions.handle_{number}"
        + HANDLER.format(number=number, module=f"tools{number // 4}", target=_target(number))
        for number in range(HANDLERS_PER_MODULE * MODULES_PER_HANDLER_MODULE)
    )
    return f"{head}from contract.functions import all as functions\n\n" + "\n\n".join(handlers)


def _target(number: int) -> int:
    return number // HANDLERS_PER_MODULE * 10 + number % HANDLERS_PER_MODULE


def run_lint(folder: Path) -> float:
    """Seconds that a process computes; others may have the machine meanwhile."""
    started = _computed()
    done = subprocess.run(
        [sys.executable, "-c", "from surestep.cli.main import main; main()", "lint"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = _computed() - started
    if done.returncode not in {0, 1}:
        sys.exit(done.stderr)
    return seconds


def _computed() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = write_corpus(folder, lines)
        (folder / "pyproject.toml").write_text('[tool.surestep]\npackage = "contract"\nhandlers = "shop.handlers"\n')
        started = time.process_time()
        for path in folder.glob("shop/*/*.py"):
            ast.parse(path.read_text())
        parsing = time.process_time() - started
        started = _computed()
        subprocess.run([sys.executable, "-c", ""], check=True)
        start = _computed() - started
        cold = run_lint(folder)
        warm = min(run_lint(folder) for _ in range(3))
    print(f"{lines} lines in {modules} modules: parsing {parsing:.2f} s, an interpreter {start:.2f} s")
    print(f"cold {cold - start:.2f} s ({(cold - start) / parsing:.1f} times parsing), warm {warm - start:.2f} s")


if __name__ == "__main__":
    main()
