import inspect
import re

from surestep import errors

_ROOTS = {"SurestepError": "Exception", "NonDeterminismError": "BaseException"}


def test_every_error_stands_in_the_drawn_tree_under_its_base() -> None:
    """Depth in the picture is the position of `+--`, four columns a level."""
    drawn: dict[str, str] = {}
    branch: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ((?:\|   |    )*)(\+-- )?(\w+Error)\b", line):
            depth = len(match[1]) // 4 + (1 if match[2] else 0)
            branch[depth:] = [match[3]]
            drawn[match[3]] = branch[depth - 1] if depth else _ROOTS[match[3]]
    assert drawn == {error.__name__: error.__bases__[0].__name__ for error in _errors()}


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in _errors()]
    assert sorted(codes) == sorted(set(codes))


def _errors() -> list[type[errors.SurestepError | errors.NonDeterminismError]]:
    classes = [value for value in vars(errors).values() if inspect.isclass(value)]
    return [value for value in classes if issubclass(value, errors.SurestepError | errors.NonDeterminismError)]
