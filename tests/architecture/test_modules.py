import ast
from pathlib import Path


def test_every_module_states_what_it_offers(modules: dict[str, ast.Module]) -> None:
    """Ruff keeps the lists sorted; a package that holds only a docstring offers nothing."""
    silent = {path for path, tree in modules.items() if len(tree.body) > 1 and not _has_all(tree)}
    assert silent == set()


def test_no_module_relies_on_the_repository_being_the_current_directory(modules: dict[str, ast.Module]) -> None:
    """With the repository on the path, `import runtime.surestep` works by accident and makes second copies."""
    folders = {"runtime", "dsl", "codegen", "tests", "specs", "benchmarks"}
    found = {path for path, tree in modules.items() for name in _imported(tree) if name.split(".")[0] in folders}
    assert found == set()


def test_every_package_tells_type_checkers_that_it_is_typed(root: Path) -> None:
    packages = ["dsl/surestep_dsl", "codegen/surestep_codegen", "runtime/surestep"]
    assert [package for package in packages if not (root / package / "py.typed").exists()] == []


def _has_all(tree: ast.Module) -> bool:
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _imported(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
