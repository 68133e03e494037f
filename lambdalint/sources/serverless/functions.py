"""Functions of the Serverless Framework: their own settings, and those of the provider that hold for all."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Alarm, Setting
from lambdalint.sources.cloudformation.functions import Draft, FunctionReader
from lambdalint.sources.cloudformation.template import Resource
from lambdalint.sources.documents import Scalar
from lambdalint.sources.paths import Files
from lambdalint.sources.serverless.packages import Packages
from lambdalint.sources.serverless.roles import Roles
from lambdalint.sources.serverless.service import Service
from lambdalint.sources.serverless.words import listed, made, normalized, together
from lambdalint.sources.values import Settings, Value, inherited, merged

MEMORY_MB, TIMEOUT_S = 1024, 6
"""What the framework states for functions that state nothing."""
_MAPS = ("destinations", "environment", "vpc", "snapStart", "package", "deploymentSettings")
_METRICS = {"functionErrors": "Errors", "functionThrottles": "Throttles", "functionDuration": "Duration"}


def names_of(service: Service) -> Iterator[tuple[str, Location]]:
    """What the functions are called, before anything that they state is worked out."""
    for name, place, _ in service.entries(service.find("functions")):
        yield name, place
    for name, place, spot in service.entries(service.find("constructs")):
        if any(inner == "worker" for inner, _, _ in service.entries(spot)):
            yield f"{name}Worker", place


class Declaration:
    """One entry of `functions`."""

    def __init__(self, name: str, location: Location, value: Value) -> None:
        self.name = name
        self.location = location
        self.value = value
        """A map."""


class Translator:
    """Puts the functions of one service into CloudFormation's words."""

    def __init__(self, service: Service, settings: Settings, files: Files, folder: str) -> None:
        self.service = service
        self.settings = settings
        self.files = files
        self.folder = folder
        provider = service.value_of("provider")
        self.provider = provider if provider is not None and isinstance(provider.data, dict) else None
        self.shared = inherited(self.provider) if self.provider is not None else Value({}, Location(service.path))
        self.custom = service.value_of("custom") or Value({}, Location(service.path))
        self.plugins = self._plugins()
        self.several = len(dict(names_of(service))) > 1
        self.roles = Roles(self)
        self.packages = Packages(self)

    def _plugins(self) -> frozenset[str]:
        plugins = self.service.value_of("plugins")
        found = (plugins.get("modules") or plugins) if plugins is not None else None
        return frozenset(one.data if isinstance(one.data, str) else "?" for one in listed(found))

    # -- the functions ---------------------------------------------------------------------------------

    def declarations(self) -> Iterator[Declaration]:
        section = self.service.find("functions")
        if section is not None and isinstance(section.node, Scalar):
            whole = section.part.value(section.node, section.key)
            if not (whole.data is None or whole.data is UNKNOWN or isinstance(whole.data, (dict, list))):
                self.settings.complain(whole, "functions must be a map")
        for name, place, spot in self.service.entries(section):
            value = spot.part.value(spot.node, spot.key)
            if isinstance(value.data, dict):
                yield Declaration(name, place, value)
            elif value.data is UNKNOWN:
                yield Declaration(name, place, Value({}, place, opened=True))
            else:
                self.settings.complain(value._replace(location=place), "a function must be a map")
        for name, place, spot in self.service.entries(self.service.find("constructs")):
            construct = spot.part.value(spot.node, spot.key)
            worker = construct.get("worker")
            if worker is not None and isinstance(worker.data, dict):  # the plugin serverless-lift
                event = Value({"sqs": Value(UNKNOWN, worker.location, f"${{construct:{name}}}")}, worker.location)
                events = Value([event], worker.location)
                yield Declaration(f"{name}Worker", place, worker._replace(data={**worker.data, "events": events}))

    def resource(self, one: Declaration, logical_id: str) -> Resource:
        """What the framework makes of a function."""
        own, place = one.value, one.location
        for name in _MAPS:
            if name not in ("environment", "vpc") or own.get(name) is not None:
                self._check_map(own.get(name), name)
        image = own.get("image")
        properties = made(
            place,
            FunctionName=self._name(one),
            Runtime=None if image is not None else self._pick(own, "runtime"),
            Handler=None if image is not None else own.get("handler"),
            PackageType=Value("Image", image.location) if image is not None else None,
            MemorySize=self._pick(own, "memorySize"),
            Timeout=self._pick(own, "timeout"),
            Architectures=self._pick(own, "architecture"),
            Layers=self._pick(own, "layers") if image is None else own.get("layers"),
            EphemeralStorage=self._within("Size", own.get("ephemeralStorageSize")),
            SnapStart=self._snap_start(own.get("snapStart")),
            ReservedConcurrentExecutions=own.get("reservedConcurrency"),
            LoggingConfig=self._logging(own),
            Role=self.roles.role_of(own),
            VpcConfig=self._vpc(self._pick(own, "vpc")),
            FileSystemConfigs=self._mount(own.get("fileSystemConfig")),
            Environment=self._environment(own),
            TracingConfig=self._tracing(own),
            DeadLetterConfig=self._within("TargetArn", self._dead_letter(own)),
        )
        properties = properties._replace(opened=own.opened)
        change = self.service.overridden(f"{normalized(one.name)}LambdaFunction")
        if change is not None and isinstance(change.properties.data, dict):
            properties = merged(properties, change.properties)._replace(location=place)
        condition = own.get("condition") is not None
        return Resource(
            logical_id, "AWS::Lambda::Function", place, properties, None, None, condition, False, None, False
        )

    def complete(self, draft: Draft, one: Declaration, reader: FunctionReader) -> None:
        """Add what a function of CloudFormation does not state itself."""
        own, s = one.value, self.settings
        draft.update(
            format="serverless",
            default_memory_mb=MEMORY_MB,
            default_timeout_s=TIMEOUT_S,
            code=self.packages.code(own, one.location),
            url=reader.url(self._url(own.get("url"))),
            **reader.invoke_config(self._invoke_config(own)),
            **self.roles.allowed(own),
        )
        if self._disabled(own):
            draft["log_group"] = Setting(UNKNOWN, one.location, text="none")
        else:
            draft["log_retention_days"] = s.integer(self._retention(own))
        amount = own.get("provisionedConcurrency")
        if amount is not None:
            alias = s.constant("provisioned", amount)
            draft.update(provisioned_concurrency=s.integer(amount), alias=alias, provisioned_on=alias)
        elif draft["snap_start"] is not None:
            draft["alias"] = s.constant("snapstart", own.get("snapStart") or own)
        draft["provisioned_scaling"] = own.get("concurrencyAutoscaling") is not None
        if "serverless-dotenv-plugin" in self.plugins:
            draft["environment_open"] = True  # what stands in .env, too
        rollout = own.get("deploymentSettings")
        if rollout is not None:
            rollout = together(self.custom.get("deploymentSettings"), rollout) or rollout
            draft["deployment_preference"] = s.string(rollout.get("type"))
            draft["deployment_alarms"] = rollout.get("alarms") is not None
            draft["alias"] = s.string(rollout.get("alias")) or draft.get("alias")
        draft["alarms"] += self._alarms(own)

    # -- one setting after the other -------------------------------------------------------------------

    def _pick(self, own: Value, name: str) -> Value | None:
        return own.get(name) or self.shared.get(name)

    def _within(self, name: str, value: Value | None) -> Value | None:
        return None if value is None else Value({name: value}, value.location, inherited=value.inherited)

    def _check_map(self, value: Value | None, name: str) -> None:
        if value is not None and not (name == "snapStart" and not isinstance(value.data, (list, str))):
            self.settings.map(value, name)

    def _name(self, one: Declaration) -> Value:
        """As it is deployed, by the rule of the framework if nothing else is stated."""
        stated = one.value.get("name")
        if stated is not None:
            return stated
        service = self.service.value_of("service")
        service = (service.get("name") or service) if service is not None else None
        stage = self.shared.get("stage") or Value("dev", one.location)
        parts = [part.data if part is not None and isinstance(part.data, str) else None for part in (service, stage)]
        if None in parts:
            return Value(UNKNOWN, one.location)
        return Value("-".join([*(part for part in parts if part), one.name]), one.location)

    def _environment(self, own: Value) -> Value | None:
        given, stated = self.shared.get("environment"), own.get("environment")
        for value in (given, stated):
            if value is not None and self.settings.map(value, "environment") is None:
                return None
        found = together(given, stated)
        return self._within("Variables", found) if found is not None else None

    def _vpc(self, value: Value | None) -> Value | None:
        if value is None or self.settings.map(value, "vpc") is None or value.data is UNKNOWN:
            return value if value is not None and value.data is UNKNOWN else None
        return made(
            value.location, SubnetIds=value.get("subnetIds"), SecurityGroupIds=value.get("securityGroupIds")
        )._replace(opened=value.opened)

    def _mount(self, value: Value | None) -> Value | None:
        if value is None:
            return None
        return Value([made(value.location, LocalMountPath=value.get("localMountPath"))], value.location)

    def _snap_start(self, value: Value | None) -> Value | None:
        return self._within("ApplyOn", Value("PublishedVersions", value.location)) if _is_on(value) and value else None

    def _tracing(self, own: Value) -> Value | None:
        shared = self.shared.get("tracing")
        value = own.get("tracing") or (
            shared.get("lambda") if shared is not None and shared.data is not True else shared
        )
        if value is None or value.data is False:
            return None
        return self._within("Mode", value._replace(data="Active") if value.data is True else value)

    def _logging(self, own: Value) -> Value | None:
        value = together(self.shared.get("logs", "lambda"), own.get("logs"))
        if value is None:
            return None
        return made(
            value.location,
            LogFormat=value.get("logFormat"),
            LogGroup=value.get("logGroup"),
            ApplicationLogLevel=value.get("applicationLogLevel"),
        )

    def _disabled(self, own: Value) -> bool:
        value = self._pick(own, "disableLogs")
        return value is not None and value.data is not False

    def _retention(self, own: Value) -> Value | None:
        plugin = self.custom.get("logRetentionInDays") if "serverless-plugin-log-retention" in self.plugins else None
        return self._pick(own, "logRetentionInDays") or plugin

    def _dead_letter(self, own: Value) -> Value | None:
        value = own.get("onError") or own.get("deadLetter", "targetArn") or own.get("deadLetter")
        if value is not None and isinstance(value.data, dict):
            return Value(UNKNOWN, value.location, "", tuple(value.all_refs()))
        return value

    def _invoke_config(self, own: Value) -> Value:
        targets: dict[str, Value] = {}
        for name, key in (("OnFailure", "onFailure"), ("OnSuccess", "onSuccess")):
            value = own.get("destinations", key)
            if value is not None:
                arn = value.get("arn") or value
                arn = Value(UNKNOWN, arn.location) if isinstance(arn.data, (dict, list)) else arn
                targets[name] = made(value.location, Destination=arn)
        return made(
            own.location,
            MaximumRetryAttempts=own.get("maximumRetryAttempts"),
            MaximumEventAgeInSeconds=own.get("maximumEventAge"),
            DestinationConfig=Value(targets, own.location) if targets else None,
        )

    def _url(self, value: Value | None) -> Value | None:
        if value is None or value.data is False:
            return None
        stated = value.get("authorizer")
        auth = Value("NONE", value.location)
        if stated is not None:
            known = str(stated.data).lower() == "aws_iam"
            auth = stated._replace(data="AWS_IAM" if known else UNKNOWN)
        elif value.data is UNKNOWN:
            auth = Value(UNKNOWN, value.location)
        cors = value.get("cors")
        if cors is not None and cors.data is True:
            cors = cors_for_all(cors.location)
        elif cors is not None:
            cors = made(
                cors.location, AllowOrigins=cors.get("allowedOrigins"), AllowCredentials=cors.get("allowCredentials")
            )
        return made(value.location, AuthType=auth, Cors=cors)

    def _alarms(self, own: Value) -> Iterator[Alarm]:
        """Of the plugin serverless-plugin-aws-alerts."""
        if "serverless-plugin-aws-alerts" not in self.plugins:
            return
        for one in (*listed(self.custom.get("alerts", "alarms")), *listed(own.get("alarms"))):
            name = one.data if isinstance(one.data, str) else None
            yield Alarm(one.location, _METRICS.get(name or "", UNKNOWN))


def cors_for_all(place: Location) -> Value:
    """What `cors: true` means."""
    return made(place, AllowOrigins=Value([Value("*", place)], place))


def _is_on(value: Value | None) -> bool:
    return value is not None and value.data is not False
