"""Canonical formatting of specs that keeps every comment and never changes the meaning."""

from surestep_dsl.fmt.format import Formatted, format_source

__all__ = ["Formatted", "format_source"]
