"""What the table of IAM actions says, where that can be checked against itself and against AWS's documentation."""

from __future__ import annotations

import pytest

from lambdalint.checks import _actions
from lambdalint.checks.security.granted_but_unused import SIMPLE


@pytest.mark.parametrize(
    ("service", "operation", "actions"),
    [
        ("dynamodb", "put_item", ("dynamodb:putitem",)),
        ("s3", "list_objects_v2", ("s3:ListBucket",)),
        ("s3", "copy_object", ("s3:GetObject", "s3:PutObject")),
        ("lambda", "invoke", ("lambda:InvokeFunction",)),
        ("stepfunctions", "start_execution", ("states:startexecution",)),
        ("apigatewaymanagementapi", "post_to_connection", ("execute-api:ManageConnections",)),
        ("cognito-idp", "initiate_auth", ()),
        ("sts", "get_caller_identity", ()),
    ],
)
def test_what_an_operation_needs(service: str, operation: str, actions: tuple[str, ...]) -> None:
    assert _actions.needed(service, operation) == actions


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("dynamodb", "transact_write_items"),
        ("ses", "send_email"),
        ("s3", "get_paginator"),
        ("athena", "list_work_groups"),
    ],
)
def test_what_is_not_known_is_said_to_be_that(service: str, operation: str) -> None:
    assert _actions.needed(service, operation) is None


def test_whatever_needs_an_action_is_among_the_names_that_may_need_it() -> None:
    for name, client in _actions.clients().items():
        for operation in (*client.regular, *client.irregular):
            for action in _actions.needed(name, operation) or ():
                assert operation in (_actions.users(action) or ()), (name, operation, action)


def test_operations_that_need_one_of_several_actions_keep_each_of_them_in_use() -> None:
    for action in ("ses:SendEmail", "ses:SendRawEmail"):
        assert "send_email" in (_actions.users(action) or ())
    assert "transact_write_items" in (_actions.users("dynamodb:PutItem") or ())


def test_names_of_an_action_that_no_operation_has_are_not_known() -> None:
    assert _actions.users("es:ESHttpPost") is None
    assert _actions.users("s3:Get*") is None
    assert _actions.users("s3:GetObjectVersion") is None


def test_clients_that_are_judged_are_in_the_table() -> None:
    assert set(_actions.clients()) >= SIMPLE


def test_patterns_match_as_in_iam() -> None:
    assert _actions.matches("S3:Get*", "s3:getobject")
    assert _actions.matches("s3:?etObject", "s3:GetObject")
    assert not _actions.matches("s3:Get", "s3:GetObject")
    assert not _actions.matches("s3:Get[A-Z]*", "s3:GetObject")
