"""File paths of modules, relative to the directory that holds the top package."""

__all__ = ["module_path", "package_path"]


def module_path(module: str) -> str:
    """`shop.contract.registry` is `shop/contract/registry.py`."""
    return f"{module.replace('.', '/')}.py"


def package_path(package: str) -> str:
    """`shop.contract` is `shop/contract/__init__.py`."""
    return f"{package.replace('.', '/')}/__init__.py"
