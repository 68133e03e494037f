"""Functions of Lambda@Edge: copies in many regions, which cannot be traced, and have no settings for their logs."""

from __future__ import annotations

from lambdalint.model import Function


def runs_at_the_edge(function: Function) -> bool:
    """Whether CloudFront runs a function."""
    if any(trigger.type == "cloudfront" for trigger in function.triggers):
        return True
    principals = (one.principal for one in function.permissions)
    return any(one is not None and one.known == "edgelambda.amazonaws.com" for one in principals)
