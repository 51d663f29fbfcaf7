from surestep_dsl.fingerprint import event_fingerprint, function_fingerprint
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

SHOP = "spec: 1\napp: shop\n"


def project(text: str) -> Project:
    loaded = load_files({"a.yaml": SHOP + text})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def of_event(text: str) -> str:
    one = project(text)
    return event_fingerprint(one, one.events["a/b"])


def of_function(text: str) -> str:
    one = project(text)
    return function_fingerprint(one, one.functions["f"])


def test_order_comments_and_descriptions_do_not_count() -> None:
    one = of_event("events: {a/b: {data: {x: string, y: {type: integer, min: 1}}}}")
    other = of_event("events:\n  a/b: # here\n    description: It.\n    data: {y: {min: 1, type: integer}, x: string}")

    assert one == other


def test_every_change_of_meaning_counts() -> None:
    texts = [
        "events: {a/b: {data: {x: string}}}",
        "events: {a/b: {data: {x?: string}}}",
        "events: {a/b: {data: {x: 'string?'}}}",
        "events: {a/b: {data: {x: {type: string, max_length: 1}}}}",
        "events: {a/b: {data: {x: {type: string, default: a}}}}",
        "events: {a/b: {version: 2, data: {x: string}}}",
    ]

    assert len({of_event(text) for text in texts}) == len(texts)


def test_named_types_count_where_they_are_reached_and_nowhere_else() -> None:
    event = "events: {a/b: {data: {x: 'list[A]'}}}\n"
    plain = of_event(f"{event}types: {{A: {{fields: {{b: B}}}}, B: string}}")

    assert of_event(f"{event}types: {{A: {{fields: {{b: B}}}}, B: integer}}") != plain
    assert of_event(f"{event}types: {{A: {{fields: {{b: B}}}}, B: string, C: string}}") == plain


def test_steps_count_and_their_order_and_descriptions_do_not() -> None:
    one = of_function("functions: {f: {steps: {a: {sleep: 1h}, b: {run: null, description: Here.}}}}")

    assert one == of_function("functions: {f: {steps: {b: {run: null}, a: {sleep: 60m}}}}")
    assert one != of_function("functions: {f: {steps: {b: {run: null}, a: {sleep: 2h}}}}")
    assert one != of_function("functions: {f: {steps: {b: {run: string}, a: {sleep: 1h}}}}")
    assert of_function("functions: {f: {steps: {}}}") != of_function("functions: {f: {}}")


def test_types_of_inputs_and_of_results_of_steps_count() -> None:
    for function in ("{input: A}", "{steps: {a: {run: A}}}"):
        text = f"functions: {{f: {function}}}\ntypes: {{A: {{fields: {{b: B}}}}, B: "

        assert of_function(f"{text}string}}") != of_function(f"{text}integer}}")


def test_options_of_a_function_count_and_its_name_for_people_does_not() -> None:
    assert of_function("functions: {f: {name: One}}") == of_function("functions: {f: {name: Other}}")
    assert of_function("functions: {f: {retries: 1}}") != of_function("functions: {f: {retries: 2}}")
    assert of_function("types: {A: string}\nfunctions: {f: {returns: A}}") != of_function(
        "types: {A: integer}\nfunctions: {f: {returns: A}}"
    )
