from textwrap import dedent

import pytest

from surestep_dsl.fmt import format_source
from surestep_dsl.fmt.key_order import KEY_ORDER
from surestep_dsl.nodes import SourceText
from surestep_dsl.parse import document, events, functions, types


def formatted(text: str) -> str:
    result = format_source(SourceText("a.yaml", text))
    assert (result.diagnostics, result.is_refused) == ((), False)
    return result.text


def check(before: str, after: str) -> None:
    """`after` is what comes of `before`, and of itself."""
    assert formatted(dedent(before).lstrip("\n")) == dedent(after).lstrip("\n")
    assert formatted(dedent(after).lstrip("\n")) == dedent(after).lstrip("\n")


def test_keys_come_in_a_fixed_order() -> None:
    check(
        """
        functions:
            f:
                emits: []
                triggers: {if: a, event: x/y}
                name: F
        app: shop
        spec: 1
        """,
        """
        spec: 1
        app: shop

        functions:
          f:
            name: F
            triggers: {event: x/y, if: a}
            emits: []
        """,
    )


def test_names_that_users_choose_keep_their_order() -> None:
    text = "events:\n  b/b: {data: {z: string, a: string}}\n  a/a: {}\n"
    assert formatted(text) == text


def test_values_of_users_keep_the_order_of_their_keys() -> None:
    text = "events:\n  a/a:\n    data:\n      x: {type: json, default: {type: 1, spec: 2, description: 3, app: 4}}\n"
    assert formatted(text) == text


def test_unknown_keys_come_last() -> None:
    check("mistake: 1\napp: shop\nspec: 1\n", "spec: 1\napp: shop\nmistake: 1\n")


def test_comments_move_with_what_they_are_about() -> None:
    check(
        """
        # about the file
        app: shop   # short
        # about the version
        spec: 1
        events:   # all of them

        # about a
          a/a:
              id:   "{x}"   # why
              # about the description
              description: An event.
              # the end of a
          # the end of events
        # the end of the file
        """,
        """
        # about the file
        # about the version
        spec: 1
        app: shop  # short

        events:  # all of them
          # about a
          a/a:
            # about the description
            description: An event.
            id: "{x}"  # why
            # the end of a
          # the end of events
        # the end of the file
        """,
    )


def test_an_empty_line_stands_between_sections_and_between_longer_entries() -> None:
    check(
        """
        spec: 1


        app: shop
        events:
          a/a: {}
          b/b: {}
          c/c:
            description: x
            id: y
          d/d: {}
        functions:
          f: {}
        """,
        """
        spec: 1

        app: shop

        events:
          a/a: {}
          b/b: {}

          c/c:
            description: x
            id: y

          d/d: {}

        functions:
          f: {}
        """,
    )


def test_within_an_entry_an_empty_line_stays_where_it_is() -> None:
    text = "events:\n  a/a:\n    data:\n      a: string\n\n      b: string\n      c: string\n"
    assert formatted(text) == text


def test_brackets_stay_where_they_fit() -> None:
    fits = f"events:\n  a/a: {{id: {'x' * 87}}}\n"
    assert formatted(fits) == fits
    assert formatted(fits.replace("x}", "xx}")) == f"events:\n  a/a:\n    id: {'x' * 88}\n"


def test_what_is_not_in_brackets_is_put_in_none() -> None:
    text = "events:\n  a/a:\n    id: x\n"
    assert formatted(text) == text


def test_a_list_item_that_does_not_fit_begins_behind_its_dash() -> None:
    long = "event.data.a == " + "x" * 90
    check(
        f"functions:\n  f:\n    triggers:\n    - {{if: '{long}', event: a/a}} # why\n",
        f'functions:\n  f:\n    triggers:\n      # why\n      - event: a/a\n        if: "{long}"\n',
    )


def test_comments_in_brackets_are_kept_on_lines_of_their_own() -> None:
    check(
        """
        events: { # head
          a/a: {}, # one
          # two
          b/b: {} # three
          # four
        } # five
        """,
        """
        events:  # five
          # head
          a/a: {}  # one
          # two
          b/b: {}  # three
          # four
        """,
    )


def test_a_line_that_silences_is_never_broken() -> None:
    text = f'events:\n  a/a: {{description: {"x" * 90}, id: "{{x}}"}}  # surestep: ignore[V202] old\n'
    assert formatted(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'x'", '"x"'),
        ("'it''s'", "'it''s'"),
        ("'a \"b\"'", "'a \"b\"'"),
        (r"'a\b'", r"'a\b'"),
        ('"x"', '"x"'),
        ("''", '""'),
        ("1.10", "1.10"),
        ('"no"', '"no"'),
    ],
)
def test_quotes_change_only_where_no_backslash_is_needed(before: str, after: str) -> None:
    assert formatted(f"app: {before}\n") == f"app: {after}\n"
    assert formatted(f"{before}: x\n") == f"{after}: x\n"


@pytest.mark.parametrize(
    ("block", "same"),
    [
        ("|\n     a\n       b\n\n     c\n", "|\n  a\n    b\n\n  c\n"),
        (">-  # why\n a\n b\n", ">-  # why\n  a\n  b\n"),
        ("|4-\n      a\n    b\n", "|2-\n    a\n  b\n"),
        ("|\n  a  \n", "|\n  a  \n"),
        ("|+\n   a\n\n\n", "|+\n  a\n\n\n"),
    ],
)
def test_block_scalars_keep_their_text(block: str, same: str) -> None:
    assert formatted(f"description: {block}") == f"description: {same}"


def test_behind_a_text_that_keeps_its_empty_lines_none_is_added() -> None:
    text = "events:\n  a/a:\n    description: |+\n      a\n\n  b/b:\n    id: x\n    python: y\n"
    assert formatted(text) == text


def test_texts_over_several_lines_are_indented_anew() -> None:
    check('description: a\n         b\n\n   c\napp: "x\\\n   y"\n', 'app: "x\\\n  y"\n\ndescription: a\n  b\n\n  c\n')


def test_what_stands_below_its_key_comes_beside_it() -> None:
    check("app: # one\n  # two\n  shop # three\n", "# one\n# two\napp: shop  # three\n")


def test_line_breaks_margins_and_the_end_are_made_alike() -> None:
    assert formatted("spec: 1   \r\n\r\n\r\napp:   shop") == "spec: 1\n\napp: shop\n"


def test_with_aliases_no_key_changes_its_place() -> None:
    check(
        "events: &all\n    a/a: &one   {id: x}\n    b/b: *one\nspec: &v 1\napp: *v\n",
        "events: &all\n  a/a: &one {id: x}\n  b/b: *one\n\nspec: &v 1\napp: *v\n",
    )


def test_values_that_are_not_there_stay_away() -> None:
    check("events:\n  a/a:   # nothing yet\n  b/b:\n", "events:\n  a/a:  # nothing yet\n  b/b:\n")


def test_what_yaml_cannot_read_is_left_alone_with_its_findings() -> None:
    result = format_source(SourceText("a.yaml", "spec:   1\r\n\tapp: shop\n"))
    assert result.text == "spec:   1\r\n\tapp: shop\n"
    assert [found.code for found in result.diagnostics] == ["S004"]


@pytest.mark.parametrize("text", ["", "- 1\n", "text", "{spec:   1}\n", "# only this\n"])
def test_what_is_no_spec_is_left_alone(text: str) -> None:
    assert formatted(text) == text


def test_the_order_knows_every_key_that_the_parser_knows() -> None:
    assert set(KEY_ORDER["spec"]) == set(document._KEYS)
    assert set(KEY_ORDER["event"]) == set(events._KEYS)
    assert set(KEY_ORDER["function"]) == set(functions.FUNCTION_KEYS)
    assert set(KEY_ORDER["type"]) == set(types._LONG_KEYS)
