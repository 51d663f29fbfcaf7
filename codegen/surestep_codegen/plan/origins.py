"""Which declaration of the specs a file comes from."""

from surestep_codegen.plan.index import Index
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.stubs import handler_place
from surestep_dsl.model import Path

__all__ = ["find_origins"]


def find_origins(index: Index) -> dict[str, Path]:
    """The place of a declaration in the specs by the path of its file.

    A file of several declarations has the last by name; one that lists all of a kind has none.
    """
    project = index.project
    return {
        **{module_path(index.type(name).module): ("types", name) for name in project.types},
        **{module_path(index.event(name).module): ("events", name) for name in project.events},
        **{module_path(index.function_module(name)): ("functions", name) for name in project.functions},
        **{
            module_path(handler_place(index, function)[0]): ("functions", name)
            for name, function in project.functions.items()
        },
    }
