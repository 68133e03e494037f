"""`lambdalint rules`: all checks, a line each."""

from __future__ import annotations

from lambdalint import config, registry
from lambdalint.check import AnyCheck
from lambdalint.errors import WrongUse


def rules(output_format: str, config_file: str | None) -> int:
    """Print them in the order of their codes."""
    settings = config.load(config_file) if config_file else config.find(".")
    checks = registry.load(settings.extend_checks, settings.root)
    from lambdalint.cli.check import write

    if output_format == "json":
        import json

        write(json.dumps([facts(check) for check in checks.values()], indent=2) + "\n")
    elif output_format == "terminal":
        longest = max(len(check.name) for check in checks.values())
        for check in checks.values():
            mark = " " if check.default else "-"
            write(f"{check.code} {mark} {check.name:<{longest}}  {check.severity.label:<7}  {check.summary}\n")
        if not all(check.default for check in checks.values()):
            write("\n- off by default: --select it, or --pedantic\n")
    else:
        raise WrongUse(f'--output-format: "{output_format}" is neither terminal nor json')
    return 0


def facts(check: AnyCheck) -> dict[str, str | bool]:
    return {
        "code": check.code,
        "name": check.name,
        "family": check.family,
        "severity": check.severity.label,
        "default": check.default,
        "since": check.since,
        "summary": check.summary,
        "url": check.url,
    }
