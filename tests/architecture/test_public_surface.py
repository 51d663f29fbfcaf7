import surestep


def test_exports_are_exactly_these() -> None:
    """Adding a name is a promise, taking one away breaks users: both happen here first."""
    assert surestep.__all__ == [
        "Context",
        "Data",
        "ErrorInfo",
        "Event",
        "ExternalData",
        "FailureContext",
        "Function",
        "Handler",
        "InvokeError",
        "NonDeterminismError",
        "NonRetriableError",
        "Registry",
        "RetryAfterError",
        "Step",
        "StepError",
        "SurestepError",
        "current_step",
        "impure",
        "pure",
    ]


def test_every_export_exists() -> None:
    assert [name for name in surestep.__all__ if not hasattr(surestep, name)] == []
