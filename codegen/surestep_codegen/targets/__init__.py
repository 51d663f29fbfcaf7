"""What `generate` writes besides Python: targets of ours, and those that installed packages add."""

from surestep_codegen.targets.target import Target

__all__ = ["Target"]
