"""LL516: a state machine that fails for nothing, or waits for ever."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import names
from lambdalint.model import Stack, State, StateMachine

_PASSING = frozenset(
    {
        "Lambda.AWSLambdaException",
        "Lambda.ServiceException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "States.ALL",
        "States.TaskFailed",
    }
)
"""Errors of Lambda itself, each of which shows that somebody thought of them."""


@check(Stack, code="LL516", severity=Severity.ADVICE, since="0.1")
def state_machine_unguarded(stack: Stack) -> Iterator[Problem]:
    """A state machine does not try a function again, or waits without end.

    **Why it matters.** Now and then Lambda itself cannot serve a request: it is throttled, or an instance goes away.
    Without `Retry` one such moment fails the whole execution. And a task that waits for a token or an activity waits
    for as long as an execution may live, which is a year, if what should answer has died.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Charge:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
      Payment:
        Type: AWS::Serverless::StateMachine
        Properties:
          Definition:
            StartAt: Charge
            States:
              Charge:  # LL516
                Type: Task
                Resource: !GetAtt Charge.Arn
                End: true
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Charge:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
      Payment:
        Type: AWS::Serverless::StateMachine
        Properties:
          Definition:
            StartAt: Charge
            States:
              Charge:
                Type: Task
                Resource: !GetAtt Charge.Arn
                Retry:
                  - ErrorEquals:
                      - Lambda.ServiceException
                      - Lambda.AWSLambdaException
                      - Lambda.SdkClientException
                      - Lambda.TooManyRequestsException
                    IntervalSeconds: 2
                    MaxAttempts: 6
                    BackoffRate: 2
                End: true
    ```

    Each of the two is said once for a state machine, at the first of its states. A state that catches such errors is
    left out. A `Choice` without `Default` fails the
    execution if no rule fits, which may be what is wanted: it is shown under `--pedantic` only.

    **Ignore it when** who starts the execution starts it again if it fails.

    **Source.** https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
    """
    for machine in stack.state_machines:
        states = [state for state in machine.states if state.known]
        once = [state for state in states if _calls_function(state) and not _is_ready(state)]
        if once:
            which = f"{names([state.name for state in once])} of {machine.logical_id}"
            message = f"{which} fail{'' if len(once) > 1 else 's'} the execution when Lambda is throttled or fails"
            yield Problem(once[0].location, f"{message}; add a Retry for Lambda.TooManyRequestsException and its kin")
        endless = [state for state in states if _waits(state, machine)]
        if endless:
            which = f"{names([state.name for state in endless])} of {machine.logical_id}"
            message = f"{which} wait{'' if len(endless) > 1 else 's'} up to a year for an answer that may never come"
            yield Problem(endless[0].location, f"{message}; add TimeoutSeconds or HeartbeatSeconds")
        open_ended = [state for state in states if state.type == "Choice" and not state.has_default]
        if open_ended:
            which = f"{names([state.name for state in open_ended])} of {machine.logical_id}"
            message = f"{which}: the execution fails if no rule fits; add a Default"
            yield Problem(open_ended[0].location, message, sure=False)


def _calls_function(state: State) -> bool:
    if state.type != "Task":
        return False
    return bool(state.function) or ":states:::lambda:invoke" in state.resource or ":function:" in state.resource


def _is_ready(state: State) -> bool:
    """Whether a state tries again after an error of Lambda itself, or catches it."""
    errors = (*state.retries, *state.catches)
    return any(error in _PASSING or "$" in error or error == "?" for error in errors)


def _waits(state: State, machine: StateMachine) -> bool:
    """Whether a task ends only when something outside says so."""
    if state.type != "Task" or state.has_timeout or machine.has_timeout:
        return False
    return state.resource.endswith(".waitForTaskToken") or ":activity:" in state.resource
