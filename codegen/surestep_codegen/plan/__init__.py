"""Every decision about the generated code, as plain data; `render` only spells it."""
