"""The module `terraform-aws-modules/lambda/aws`: the resources that it makes of its arguments.

It is fetched when it is used, so its files are not here; what it does is known all the same. What is not given to
it counts as not stated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.terraform.items import Item
from lambdalint.sources.terraform.operations import truth
from lambdalint.sources.values import Value, shown

if TYPE_CHECKING:
    from lambdalint.sources.terraform.folder import Folder

_SOURCE = re.compile(
    r"^(?:registry\.(?:terraform\.io|opentofu\.org)/)?terraform-aws-modules/lambda/aws/?$"
    r"|^(?:git::)?(?:https://|ssh://git@|git@)?github\.com[/:]terraform-aws-modules/terraform-aws-lambda(?:\.git)?(?:\?|$)"
)
_DEPLOYING = re.compile(
    r"(?:^|[/:])terraform-aws-modules/(?:lambda/aws|terraform-aws-lambda(?:\.git)?)//modules/deploy(?:\?|$)"
)
_SAME = (
    "function_name handler runtime memory_size timeout layers architectures image_uri package_type publish "
    "reserved_concurrent_executions recursive_loop source_path"
).split()
"""Arguments that are attributes of the function, or are read as such."""
_NESTED = {
    "environment_variables": ("environment", "variables"),
    "tracing_mode": ("tracing_config", "mode"),
    "dead_letter_target_arn": ("dead_letter_config", "target_arn"),
    "vpc_subnet_ids": ("vpc_config", "subnet_ids"),
    "vpc_security_group_ids": ("vpc_config", "security_group_ids"),
    "ephemeral_storage_size": ("ephemeral_storage", "size"),
    "file_system_local_mount_path": ("file_system_config", "local_mount_path"),
    "logging_log_group": ("logging_config", "log_group"),
    "logging_log_format": ("logging_config", "log_format"),
    "logging_application_log_level": ("logging_config", "application_log_level"),
    "image_config_command": ("image_config", "command"),
    "durable_config_execution_timeout": ("durable_config", "execution_timeout"),
    "managed_instances_capacity_provider_arn": ("capacity_provider_config", "capacity_provider_arn"),
}
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_ATTACHED = {
    "attach_dead_letter_policy": ("dead_letter_target_arn", ("sns:Publish", "sqs:SendMessage")),
    "attach_async_event_policy": ("destination_on_failure", ("sns:Publish", "sqs:SendMessage", "events:PutEvents")),
}
_MANAGED = {
    "attach_tracing_policy": "AWSXRayDaemonWriteAccess",
    "attach_network_policy": "service-role/AWSLambdaENIManagementAccess",
}
_OWN = (
    ("variable", "source_path"),
    ("variable", "local_existing_package"),
    ("variable", "attach_policy_jsons"),
    ("resource", "aws_lambda_function", "this"),
)
"""What the module declares, and hardly another one."""
Made = Callable[[], Value]


def is_function(source: str) -> bool:
    """Whether a source of a module means the one that makes a function."""
    return _SOURCE.match(source) is not None


def is_deployment(source: str) -> bool:
    """Whether a source means the part of it that shifts traffic: it adds nothing to the functions that it is given."""
    return _DEPLOYING.search(source) is not None


def is_copy(folder: Folder) -> bool:
    """Whether a folder holds that module itself: it builds its packages with scripts, which nobody can read."""
    return all(key in folder.blocks for key in _OWN)


class FunctionCall:
    """One call of it."""

    def __init__(self, address: str, location: Location, arguments: Value, optional: bool) -> None:
        self.address = address
        self.location = location
        self.arguments = arguments
        self.optional = optional

    def output(self, name: str, place: Location) -> Value:
        text = f"${{{self.address}.{name}}}"
        if name.startswith("lambda_role"):
            return Value(UNKNOWN, place, text, (f"{self.address}.aws_iam_role.lambda[0]",))
        value = self.arguments.get("function_name") if name == "lambda_function_name" else None
        if value is not None:
            return value._replace(location=place, refs=(self.address,), text=value.text or text)
        return Value(UNKNOWN, place, text, (self.address,))

    def items(self) -> Iterator[Item]:
        a = self.arguments
        if any(self._is(name) is False for name in ("create", "create_function")) or self._is("create_layer"):
            return
        yield self._item("aws_lambda_function", self._function, self.address, "aws_lambda_function.this[0]")
        if self._is("create_role") is not False:
            yield self._item("aws_iam_role", self._role, "aws_iam_role.lambda[0]")
        for name in ("policy_json", "policy_jsons", "policy_statements"):
            if a.get(name) is not None and self._is(f"attach_{name}") is not False:
                yield self._item("aws_iam_role_policy", self._policy(name), f"aws_iam_role_policy.{name}")
        yield from self._triggers()
        if not self._is("use_existing_cloudwatch_log_group"):
            yield self._item("aws_cloudwatch_log_group", self._log_group, "aws_cloudwatch_log_group.lambda[0]")
        if self._is("create_lambda_function_url"):
            yield self._item("aws_lambda_function_url", self._url, "aws_lambda_function_url.this[0]")
        if self._is("create_async_event_config"):
            name = "aws_lambda_function_event_invoke_config"
            yield self._item(name, self._invoke_config, f'{name}.this["current_version"]')
        amount = a.get("provisioned_concurrent_executions")
        if amount is not None and isinstance(amount.data, int) and amount.data > 0:
            name = "aws_lambda_provisioned_concurrency_config"
            yield self._item(name, self._provisioned, f"{name}.current_version[0]")

    def _item(self, type_: str, made: Made, address: str, place: str = "") -> Item:
        full = address if address == self.address else f"{self.address}.{address}"
        return Item(full, type_, self.location, made, self.optional, f"{self.address}.{place}" if place else full)

    def _is(self, name: str) -> bool | None:
        value = self.arguments.get(name)
        return truth(value) if value is not None else None

    def _map(self, **data: Value | None) -> Value:
        return Value({key: one for key, one in data.items() if one is not None}, self.location)

    def _text(self, text: str) -> Value:
        return Value(text, self.location)

    @property
    def _itself(self) -> Value:
        return Value(UNKNOWN, self.location, f"${{{self.address}.lambda_function_arn}}", (self.address,))

    # -- what it makes ---------------------------------------------------------------------------------

    def _function(self) -> Value:
        a = self.arguments
        data = {name: value for name in _SAME if (value := a.get(name)) is not None}
        if "package_type" in data and data["package_type"].data != "Zip":
            data.pop("handler", None)
            data.pop("runtime", None)
        for argument, (block, name) in _NESTED.items():
            value = a.get(argument)
            if value is None or value.data in ("", {}):
                continue
            inner = data[block].data if block in data else {}
            data[block] = Value({**inner, name: value}, value.location)
        snap = a.get("snap_start")
        if snap is not None and truth(snap) is not False:
            word = "PublishedVersions" if truth(snap) else UNKNOWN
            data["snap_start"] = Value({"apply_on": Value(word, snap.location)}, snap.location)
            data["publish"] = Value(True, snap.location)
        package = a.get("local_existing_package")
        if package is not None and "source_path" not in data:
            data["filename"] = package
        if a.get("s3_existing_package") is not None and "source_path" not in data:
            data["s3_bucket"] = self._text("?")
        if self._is("create_role") is False:
            role = a.get("lambda_role")
            if role is not None:
                data["role"] = role
        else:
            data["role"] = Value(UNKNOWN, self.location, "", (f"{self.address}.aws_iam_role.lambda[0]",))
        return Value(data, self.location)

    def _role(self) -> Value:
        statements = []
        managed: list[Value] = []
        opened = False
        if self._is("attach_cloudwatch_logs_policy") is not False:
            statements.append(self._allows(_LOGS, self._text("arn:aws:logs:*:*:log-group:/aws/lambda/*")))
        for name, (target, actions) in _ATTACHED.items():
            if self._is(name) is not False and self.arguments.get(name) is not None:
                statements.append(self._allows(actions, self.arguments.get(target) or self._text("?")))
        for name, policy in _MANAGED.items():
            value = self.arguments.get(name)
            if value is not None and self._is(name) is not False:
                managed.append(Value(f"arn:aws:iam::aws:policy/{policy}", value.location))
        for name in ("policy", "policies"):
            value = self.arguments.get(name)
            if value is not None and self._is(f"attach_{name}") is not False:
                managed += value.data if isinstance(value.data, list) else [value]
                opened = opened or value.opened
        document = Value({"Statement": Value(statements, self.location)}, self.location)
        inline = self._map(policy=Value(UNKNOWN, self.location, decoded=document))
        return self._map(
            inline_policy=Value([inline], self.location),
            managed_policy_arns=Value(managed, self.location, opened=opened) if managed else None,
            assume_role_policy=self._trust(),
        )

    def _trust(self) -> Value:
        """Who may take the role: functions, and whom else the arguments name."""
        for name in ("trusted_entities", "assume_role_policy_statements"):
            if self.arguments.get(name) is not None:
                return Value(UNKNOWN, self.location)
        services = ["lambda.amazonaws.com", *(["edgelambda.amazonaws.com"] if self._is("lambda_at_edge") else [])]
        listed = Value([self._text(one) for one in services], self.location)
        statement = self._map(Principal=self._map(Service=listed))
        return Value(UNKNOWN, self.location, decoded=self._map(Statement=Value([statement], self.location)))

    def _allows(self, actions: tuple[str, ...], resource: Value) -> Value:
        words = Value([self._text(one) for one in actions], self.location)
        return self._map(Effect=self._text("Allow"), Action=words, Resource=resource)

    def _policy(self, name: str) -> Made:
        from lambdalint.sources.terraform.bodies import statement

        def made() -> Value:
            value = self.arguments.get(name)
            assert value is not None
            role = Value(UNKNOWN, self.location, "", (f"{self.address}.aws_iam_role.lambda[0]",))
            if name == "policy_json":
                return self._map(role=role, policy=value)
            data = value.data
            found: list[Value] = []
            for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else [value]:
                if name == "policy_jsons":
                    inner = one.decoded.get("Statement") if one.decoded is not None else None
                    found += (
                        inner.data
                        if inner is not None and isinstance(inner.data, list)
                        else [Value(UNKNOWN, one.location)]
                    )
                else:
                    found.append(statement(one) if isinstance(one.data, dict) else Value(UNKNOWN, one.location))
            if value.opened:
                found.append(Value(UNKNOWN, value.location))
            document = Value({"Statement": Value(found, value.location)}, value.location)
            return self._map(role=role, policy=Value(UNKNOWN, value.location, decoded=document))

        return made

    def _triggers(self) -> Iterator[Item]:
        for name, type_, made in (
            ("event_source_mapping", "aws_lambda_event_source_mapping", self._mapping),
            ("allowed_triggers", "aws_lambda_permission", self._permission),
        ):
            stated = self.arguments.get(name)
            if stated is None:
                continue
            if isinstance(stated.data, dict):
                for key, one in stated.data.items():
                    yield Item(
                        f'{self.address}.{type_}.this["{key}"]', type_, one.location, partial(made, one), self.optional
                    )
            elif stated.data is UNKNOWN:
                yield Item(
                    f"{self.address}.{type_}",
                    "module",
                    stated.location,
                    lambda: Value({}, self.location, refs=(self.address,)),
                )

    def _mapping(self, one: Value) -> Value:
        data = dict(one.entries())
        failure = data.pop("destination_arn_on_failure", None)
        if failure is not None:
            inner = self._map(destination_arn=failure)
            data["destination_config"] = self._map(on_failure=inner)
        filters = data.get("filter_criteria")
        if filters is not None and filters.data is not None:
            known = isinstance(filters.data, (list, dict))
            listed = filters.data if isinstance(filters.data, list) else [filters]
            data["filter_criteria"] = self._map(filter=Value(listed, filters.location)) if known else filters
        data["function_name"] = self._itself
        return one._replace(data=data, opened=one.opened or not isinstance(one.data, dict))

    def _permission(self, one: Value) -> Value:
        data = dict(one.entries())
        service = data.get("service")
        if "principal" not in data and service is not None and isinstance(service.data, str):
            data["principal"] = Value(f"{shown(service)}.amazonaws.com", service.location)
        data.setdefault("action", Value("lambda:InvokeFunction", one.location))
        data["function_name"] = self._itself
        return one._replace(data=data)

    def _log_group(self) -> Value:
        name = self.arguments.get("function_name")
        text = f"/aws/lambda/{shown(name)}" if name is not None else ""
        stated = self.arguments.get("logging_log_group")
        return self._map(
            name=stated or Value(UNKNOWN, self.location, text, (self.address,)),
            retention_in_days=self.arguments.get("cloudwatch_logs_retention_in_days"),
        )

    def _url(self) -> Value:
        a = self.arguments
        none = self._text("NONE")
        return self._map(
            function_name=self._itself, authorization_type=a.get("authorization_type") or none, cors=a.get("cors")
        )

    def _invoke_config(self) -> Value:
        a = self.arguments
        failure, success = a.get("destination_on_failure"), a.get("destination_on_success")
        targets = self._map(
            on_failure=self._map(destination=failure) if failure is not None else None,
            on_success=self._map(destination=success) if success is not None else None,
        )
        return self._map(
            function_name=self._itself,
            maximum_event_age_in_seconds=a.get("maximum_event_age_in_seconds"),
            maximum_retry_attempts=a.get("maximum_retry_attempts"),
            destination_config=targets if targets.data else None,
        )

    def _provisioned(self) -> Value:
        return self._map(
            function_name=self._itself,
            qualifier=Value(UNKNOWN, self.location, f"${{{self.address}.lambda_function_version}}", (self.address,)),
            provisioned_concurrent_executions=self.arguments.get("provisioned_concurrent_executions"),
        )
