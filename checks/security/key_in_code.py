"""LL702: a key or token is written in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.later import pattern
from lambdalint.model import Handler

KINDS = {
    "aws": ("an AWS access key id", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    "private": ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "github": ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b"),
    "gitlab": ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "slack": ("a Slack token", r"\bxox[abeoprs]-(?:\d-)?\d{8,}-[A-Za-z0-9-]{10,}"),
    "hook": (
        "the address of a Slack webhook",
        r"https://hooks\.slack\.com/(?:services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}|workflows/T[A-Z0-9]{7,}/\S+)",
    ),
    "discord": (
        "the address of a Discord webhook",
        r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{17,}/[\w-]{60,}",
    ),
    "telegram": ("a Telegram token", r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    "stripe": ("a Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    "google": ("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "openai": (
        "an OpenAI key",
        r"\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})",
    ),
    "anthropic": ("an Anthropic key", r"\bsk-ant-[a-z]+\d{2}-[A-Za-z0-9_-]{80,}"),
    "huggingface": ("a Hugging Face token", r"\bhf_[A-Za-z]{34}\b"),
    "sendgrid": ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    "mailgun": ("a Mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    "pypi": ("a PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    "npm": ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    "shopify": ("a Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    "newrelic": ("a New Relic key", r"\bNRAK-[A-Z0-9]{27}\b"),
    "digitalocean": ("a DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "databricks": ("a Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    "airtable": ("an Airtable token", r"\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b"),
    "linear": ("a Linear key", r"\blin_api_[A-Za-z0-9]{40}\b"),
    "notion": ("a Notion token", r"\b(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{46})\b"),
}
"""By the name of the pattern's group: what it is, and a form too particular to come about by chance."""

_KEY = pattern("|".join(f"(?P<{name}>{form})" for name, (_, form) in KINDS.items()))
"""All kinds in one. To compile it takes longer than to look for signs in a whole project."""

LESS_SURE = frozenset({"google", "mailgun"})
"""Those of Google may be meant for browsers and public; those of Mailgun look like other names with a hash."""

SIGN = pattern(
    r"A(?:KIA|SIA)[A-Z2-7]{16}|-----BEGIN [A-Z0-9 ]*PRIVATE KEY|g(?:h[pousr]_|ithub_pat_)[A-Za-z0-9]{20}|glpat-|"
    r"xox[abeoprs]-\d|hooks\.slack\.com/|api/webhooks/\d|:AA[\w-]{33}|k_live_|AIza[\w-]{35}|sk-[\w-]{40}|hf_[A-Za-z]{34}|"
    r"SG\.[\w-]{22}\.|key-[0-9a-f]{32}|pypi-Ag|npm_[A-Za-z0-9]{36}|shp[a-z]{2}_|NRAK-|do[opr]_v1_|"
    r"dapi[0-9a-f]{32}|pat[A-Za-z0-9]{14}\.|lin_api_|secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{46}"
)
"""A part of each. Every alternative begins with a fixed character: that makes a search many times as fast."""

EXAMPLE = pattern(r"EXAMPLE|example|XXXX|xxxx|0000000|1234567|abcdefg|ABCDEFG|\.\.\.|[Rr]edacted|REDACTED|[Ff]ake|FAKE")
"""What stands in keys that open nothing."""

BODY = pattern(r"[A-Za-z0-9+/=\s\\]{100,}")


@check(Handler, code="LL702", severity=Severity.WARNING, since="0.1")
def key_in_code(handler: Handler) -> Iterator[Problem]:
    """A key or token is written in the code.

    **Why it matters.** Who can read the repository, its history, the package or the function in the console
    (`lambda:GetFunction`) can use the key. It cannot be replaced without a deployment, and is not gone when it is
    deleted from the code: revoke it. A function needs no key to AWS, it has the credentials of its role.

    **Bad**

    ```python
    import boto3

    s3 = boto3.client("s3", aws_access_key_id="AKIAJ4Q7ZK2WMX5TBN3P")  # LL702

    def handler(event, context):
        return s3.list_buckets()["Buckets"][0]["Name"]
    ```

    **Good**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.list_buckets()["Buckets"][0]["Name"]
    ```

    Keys of other services belong in Secrets Manager or Parameter Store. Reported is what can be told by its form:
    AWS access keys, private keys, tokens of well-known services. Keys of documentation and placeholders are not.

    **Ignore it when** the key is public by design: one that only names a project, such as a browser key.

    **Source.** https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#lock-away-credentials
    """
    for location, value in handler.find_text(SIGN):
        found = find_key(value)
        if found is None:
            continue
        kind = found.lastgroup or ""
        mend = "use the role of the function" if kind == "aws" else "keep it in Secrets Manager"
        message = f"{KINDS[kind][0]} is written in the code; revoke it, and {mend}"
        yield Problem(location, message, sure=kind not in LESS_SURE)


def find_key(value: str) -> re.Match[str] | None:
    """The first key in a text that is no example; the group tells its kind."""
    return next((match for match in _KEY.finditer(value) if not _is_harmless(match, value)), None)


def _is_harmless(found: re.Match[str], value: str) -> bool:
    """Whether it is an example, or the mark of a key without the key."""
    if EXAMPLE.search(found[0]) or len(set(found[0])) < 10:
        return True
    if found.lastgroup == "private":
        # Code that reads, checks or hides keys names only how they begin.
        body = value[found.end() : found.end() + 3000]
        return BODY.match(body) is None or EXAMPLE.search(body[:400]) is not None
    return False
