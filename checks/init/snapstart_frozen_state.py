"""LL112: what must differ between environments, or not grow old, is kept in a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.init._restoring import from_snapshots
from lambdalint.later import pattern
from lambdalint.model import Binding, Call, Handler

_OF_A_TIME = frozenset(
    {"assume_role", "assume_role_with_saml", "assume_role_with_web_identity", "generate_db_auth_token",
     "get_authorization_token", "get_credentials_for_identity", "get_federation_token", "get_frozen_credentials",
     "get_role_credentials", "get_session_token"}
)  # fmt: skip
"""Methods that give what holds good for an hour or less."""
_SEEDED = "random.seed"
_UNIQUE = pattern(
    r"uuid\.uuid[1467]$|secrets\.\w+$|os\.urandom$|random\.(?:Random|SystemRandom)\(\)\.\w+$|random\.[a-z]\w*$"
)
_CLOCK = pattern(
    r"time\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns)$"
    r"|datetime\.(?:datetime\.(?:now|utcnow|today)|date\.today)$"
)


@check(Handler, code="LL112", severity=Severity.WARNING, since="0.1")
def snapstart_frozen_state(handler: Handler) -> Iterator[Problem]:
    """With SnapStart, a value made at import is the same in all environments, and as old as the snapshot.

    **Why it matters.** With SnapStart the modules are loaded once, when a version is published. All environments begin
    with what was in memory then: one "random" id for all of them, the time of the deployment, credentials that have run
    out.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          AutoPublishAlias: live
          SnapStart: {ApplyOn: PublishedVersions}
    ```

    ```python
    # file: src/app.py
    import uuid

    WORKER = str(uuid.uuid4())  # LL112

    def handler(event, context):
        return {"order": event["id"], "worker": WORKER}
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          AutoPublishAlias: live
          SnapStart: {ApplyOn: PublishedVersions}
    ```

    ```python
    # file: src/app.py
    import uuid
    from snapshot_restore_py import register_after_restore

    WORKER = ""

    @register_after_restore
    def name_worker():
        global WORKER
        WORKER = str(uuid.uuid4())

    def handler(event, context):
        return {"order": event["id"], "worker": WORKER}
    ```

    Said of globals and class attributes that functions read: ids and random values, times, tokens and credentials for a
    time. It is silent where anything is registered for the restore.

    **Ignore it when** the value is meant to be that of the deployment.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
    """
    function = from_snapshots(handler)
    if function is None:
        return
    calls = [(call, what) for call in handler.init_calls if (what := _frozen(call))]
    if not calls:
        return
    told: set[Binding] = set()
    bindings = handler.bindings()
    for call, what in calls:
        for binding in bindings:
            if binding not in told and _is_within(call, binding):
                told.add(binding)
                message = f"{binding.name} is made before the snapshot of {function.logical_id}: {what}"
                yield Problem(binding.location, f"{message}; make it after the restore, or in the handler")


def _frozen(call: Call) -> str | None:
    """What is wrong with the result after a restore; None if nothing is."""
    if call.name == _SEEDED:
        return None
    if _UNIQUE.match(call.name):
        return "it is the same in all environments"
    if _CLOCK.match(call.name):
        return "it stays the time at which the version was published"
    method = call.name.rpartition(".")[2]
    if method in _OF_A_TIME and "(" in call.name:
        return "it has run out when environments are restored"
    return None


def _is_within(call: Call, binding: Binding) -> bool:
    """Whether a call is made by the statement, itself or in what that calls."""
    place = binding.location
    steps = [(call.location.path, call.location.line), *((step.path, step.line) for step in call.trace)]
    return any(path == place.path and place.line <= line <= place.end_line for path, line in steps)
