import pytest

from surestep_codegen.patterns import from_ecma, to_ecma
from surestep_dsl.expr.patterns import searcher


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("^[a-z]+-[0-9]{2,3}$", "^[a-z]+-[0-9]{2,3}$"),
        (r"\Aa\z", "^a$"),
        (r"(?P<year>[0-9]{4})(?:-x)?", r"([0-9]{4})(?:-x)?"),
        ("a.b", r"a[^\n]b"),
        ("[.]", "[.]"),
        (r"\x{1F600}\x41", r"\u{1F600}\u0041"),
        ("[[:alpha:]-]", "[A-Za-z-]"),
        (r"[]a]", r"[\]a]"),
        (r"\-\"\@", r'\-"@'),
        (r"\pL\p{Lu}", r"\p{L}\p{Lu}"),
        ("a]b}", r"a\]b\}"),
    ],
)
def test_what_means_the_same_is_carried_over(ours: str, theirs: str) -> None:
    assert searcher(ours) is not None
    assert (to_ecma(ours).pattern, to_ecma(ours).difference) == (theirs, "")


@pytest.mark.parametrize("ours", ["(?i)a", "[a&&b]", "[a[b]]", r"\p{Greek}", r"\b{start}a", "(?x) a", r"\<a"])
def test_what_ecma_does_not_have_is_refused(ours: str) -> None:
    assert to_ecma(ours).pattern is None or to_ecma(ours).difference != ""


def test_classes_that_differ_outside_of_ascii_are_told() -> None:
    assert to_ecma(r"^\d+$").difference == (
        r"`\d` knows the letters and digits of every script here, and only those of ASCII there"
    )


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (r"^\d+$", "^[0-9]+$"),
        (r"[\w-.]", "[[A-Za-z0-9_]-.]"),
        (r"\D", "[^0-9]"),
        ("a.b", r"a[^\n\r\u{2028}\u{2029}]b"),
        ("[[a]", r"[\[a]"),
        ("[a&&b]", r"[a\&\&b]"),
        (r"\/\u0041", r"\/\u0041"),
        (r"\bfoo", r"(?-u:\b)foo"),
        ("(?<year>a)", "(?<year>a)"),
    ],
)
def test_patterns_of_json_schema_are_carried_over(theirs: str, ours: str) -> None:
    assert (from_ecma(theirs).pattern, from_ecma(theirs).difference) == (ours, "")
    searcher(ours)


@pytest.mark.parametrize(
    "theirs", ["(?=a)", "(?!a)", "(?<=a)", "(?<!a)", r"(a)\1", r"\cJ", "[]", r"\uD83D\uDE00", "a{,3}"]
)
def test_what_linear_time_patterns_cannot_say_is_refused(theirs: str) -> None:
    assert from_ecma(theirs).pattern is None


def test_digits_keep_their_meaning_on_the_way_back() -> None:
    pattern = from_ecma(r"^\d$").pattern
    assert pattern is not None
    assert (searcher(pattern)("7"), searcher(pattern)("\u0667")) == (True, False)
