"""From Python source to what runs at import and what on each invocation."""
