"""Functions of SAM and of CloudFormation, from their own properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.model.places import UNKNOWN, Location, Unknown
from lambdalint.model.template import Code, Cors, Policy, Setting, Statement, Url, Vpc, nowhere
from lambdalint.sources.cloudformation.assembly import Assets, is_generated, is_in_assembly, path_of
from lambdalint.sources.cloudformation.inline import Places
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.paths import Files, join
from lambdalint.sources.policies import statements
from lambdalint.sources.values import Settings, Value, as_strings, merged

_LAYERS = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}
_MAPS = (
    "DeadLetterConfig DeadLetterQueue DeploymentPreference Environment EphemeralStorage EventInvokeConfig Events "
    "FunctionUrlConfig LoggingConfig ProvisionedConcurrencyConfig SnapStart TracingConfig VpcConfig"
).split()
_PACKAGES = (".zip", ".py", ".jar", ".whl")

_STATED_ANYWHERE = "memory_mb timeout_s architectures tracing log_format dead_letter".split()
"""What a part of the properties may say that is not known."""

Draft = dict[str, Any]
"""The fields of a `Function` that is not finished."""


class FunctionReader:
    """Reads the functions of one template."""

    def __init__(self, template: Declarations, settings: Settings, files: Files, folder: str, assets: Assets) -> None:
        self.template = template
        self.settings = settings
        self.files = files
        self.folder = folder
        self.globals = template.globals_of("Function")
        self.assets = assets

    def draft(self, resource: Resource) -> Draft:
        """What the function's own properties say."""
        is_sam = resource.type == "AWS::Serverless::Function"
        properties = resource.properties
        shared = self._shared(resource) if is_sam else None
        if shared is not None:
            properties = merged(shared, properties)._replace(location=resource.location)
        s = self.settings
        if resource.malformed:
            s.complain(resource.properties, "Properties must be a map")
        for name in _MAPS:
            s.map(properties.get(name), name)
        place = path_of(resource.metadata)
        draft: Draft = {
            "path": self.template.path,
            "logical_id": resource.logical_id,
            "location": resource.location,
            "format": "cdk" if place or is_in_assembly(self.template.path) else "sam" if is_sam else "cloudformation",
            "place": place.removesuffix("/Resource"),
            "generated": is_generated(place, resource.logical_id),
            "function_name": s.string(properties.get("FunctionName")),
            "runtime": s.string(properties.get("Runtime")),
            "handler": s.string(properties.get("Handler")),
            "package_type": s.string(properties.get("PackageType")),
            "memory_mb": s.integer(properties.get("MemorySize")),
            "timeout_s": s.integer(properties.get("Timeout")),
            "architectures": s.strings(properties.get("Architectures")),
            "layers": s.strings(properties.get("Layers")),
            "layer_folders": tuple(self._layer_folders(properties.get("Layers"))),
            "ephemeral_storage_mb": s.integer(properties.get("EphemeralStorage", "Size")),
            "snap_start": s.string(properties.get("SnapStart", "ApplyOn")),
            "reserved_concurrency": s.integer(properties.get("ReservedConcurrentExecutions")),
            "recursive_loop": s.string(properties.get("RecursiveLoop")),
            "log_group": s.string(properties.get("LoggingConfig", "LogGroup")),
            "log_format": s.string(properties.get("LoggingConfig", "LogFormat")),
            "log_level": s.string(properties.get("LoggingConfig", "ApplicationLogLevel")),
            "managed_instances": properties.get("CapacityProviderConfig") is not None,
            "durable": properties.get("DurableConfig") is not None,
            "role": s.string(properties.get("Role")),
            "optional": resource.condition,
            "vpc": self._vpc(properties.get("VpcConfig")),
            "mounts": self._mounts(properties.get("FileSystemConfigs")),
            "code": self._code(resource, properties, is_sam),
        }
        draft.update(self._environment(properties))
        tracing = properties.get("Tracing") if is_sam else properties.get("TracingConfig", "Mode")
        draft["tracing"] = s.string(tracing)
        if draft["tracing"] is not None and draft["tracing"].value in ("Disabled", ""):
            draft["tracing"] = None  # as SAM does
        draft["connected"] = resource.connected
        if is_sam:
            draft.update(self._sam(properties))
        else:
            draft["dead_letter"] = s.string(properties.get("DeadLetterConfig", "TargetArn"))
        draft["properties"] = properties
        if properties.opened:
            elsewhere = Setting[Any](UNKNOWN, resource.location)
            draft.update({name: elsewhere for name in _STATED_ANYWHERE if draft.get(name) is None})
        return draft

    def _shared(self, resource: Resource) -> Value | None:
        """What the Globals section states for this function."""
        ignored = resource.ignored_globals
        if self.globals is None or ignored is None:
            return self.globals
        names = as_strings(ignored) or ()
        if "*" in names:
            return None
        return self.globals._replace(data={key: one for key, one in self.globals.entries() if key not in names})

    def _sam(self, properties: Value) -> Draft:
        s = self.settings
        preference = properties.get("DeploymentPreference")
        invoke = properties.get("EventInvokeConfig")
        draft: Draft = {
            "dead_letter": s.string(properties.get("DeadLetterQueue", "TargetArn")),
            "alias": s.string(properties.get("AutoPublishAlias")),
            "provisioned_concurrency": s.integer(
                properties.get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
            ),
            "deployment_preference": s.string(preference.get("Type")) if preference is not None else None,
            "deployment_alarms": preference is not None and preference.get("Alarms") is not None,
            "url": self.url(properties.get("FunctionUrlConfig")),
        }
        draft["provisioned_on"] = draft["alias"]
        if preference is not None and (enabled := s.boolean(preference.get("Enabled"))) and enabled.value is False:
            draft["deployment_preference"] = None
        if invoke is not None:
            draft.update(self.invoke_config(invoke))
        role = properties.get("Role")
        if role is None:
            found, policies, known = self._policies(properties.get("Policies"))
            draft.update(statements=found, policies=policies, policies_known=known)
        return draft

    def invoke_config(self, config: Value) -> Draft:
        """Of asynchronous invocations: retries and destinations."""
        s = self.settings
        draft: Draft = {
            "max_async_retries": s.integer(config.get("MaximumRetryAttempts")),
            "max_async_age_s": s.integer(config.get("MaximumEventAgeInSeconds")),
        }
        for field, name in (("on_failure", "OnFailure"), ("on_success", "OnSuccess")):
            target = config.get("DestinationConfig", name)
            if target is not None:
                destination = target.get("Destination")
                draft[field] = (
                    s.string(destination)
                    if destination is not None
                    else Setting(UNKNOWN, target.location, text=str(getattr(target.get("Type"), "data", "")))
                )
        return draft

    def url(self, config: Value | None) -> Url | None:
        if config is None:
            return None
        return Url(config.location, self.settings.string(config.get("AuthType")), cors_of(config.get("Cors")))

    # -- parts -----------------------------------------------------------------------------------------

    def _environment(self, properties: Value) -> Draft:
        variables = properties.get("Environment", "Variables")
        if variables is None:
            environment = properties.get("Environment")
            unknown = environment is not None and environment.data is UNKNOWN
            return {"environment": UNKNOWN if unknown else None, "environment_open": unknown or properties.opened}
        found: dict[str, Setting[str]] = {}
        maps = list(variables.maps())
        if not maps:
            if variables.data is not UNKNOWN:
                self.settings.complain(variables, "Variables must be a map")
            return {"environment": UNKNOWN, "environment_open": True}
        for one in maps:
            for name, value in one.entries():
                setting = self.settings.string(value)
                if setting is not None:
                    found.setdefault(name, setting._replace(optional=setting.optional or len(maps) > 1))
        # What a variable has by default, whoever uses the module may set.
        opened = any(one.opened or one.assumed for one in maps) or properties.opened
        return {"environment": found, "environment_open": opened}

    def _vpc(self, config: Value | None) -> Vpc | None:
        if config is None:
            return None
        subnets = self.settings.strings(config.get("SubnetIds"))
        groups = self.settings.strings(config.get("SecurityGroupIds"))
        if config.data is not UNKNOWN and subnets is None and not config.choices:
            return None
        named = subnets.value if subnets is not None else UNKNOWN
        if subnets is not None and subnets.assumed and not isinstance(named, Unknown) and len(named) < 2:
            named = UNKNOWN  # that a parameter's default names one says nothing of how many a deployment names
        return Vpc(
            subnets.location if subnets is not None else config.location,
            named,
            groups.value if groups is not None else UNKNOWN,
        )

    def _mounts(self, configs: Value | None) -> Any:
        if configs is None:
            return ()
        if not isinstance(configs.data, list):
            return UNKNOWN
        paths = [one.get("LocalMountPath") for one in configs.elements()]
        known = [one.data for one in paths if one is not None and isinstance(one.data, str)]
        return tuple(known) if len(known) == len(paths) else UNKNOWN

    def _policies(self, value: Value | None) -> tuple[tuple[Statement, ...], tuple[Policy, ...], bool]:
        """SAM's Policies: documents, names of managed policies and of policy templates, in any mixture."""
        found: list[Statement] = []
        named: list[Policy] = []
        known = True
        waiting = [value] if value is not None else []
        while waiting:
            one = waiting.pop(0)
            if one.choices:
                waiting += one.choices
            elif isinstance(one.data, list):
                waiting += one.data
            elif isinstance(one.data, dict):
                if one.get("Statement") is not None:
                    found += statements(one)
                else:
                    for name, argument in one.entries():
                        place = argument.location
                        everywhere = any(given.data == "*" and not given.assumed for _, given in argument.entries())
                        named.append(Policy(Setting(name, place, choices=(name,)), True, everywhere))
            elif one.data is not None:
                setting = self.settings.string(one)
                if setting is not None:
                    named.append(Policy(setting))
                    known = known and (setting.value is not UNKNOWN or bool(named[-1].of_aws))
        return tuple(found), tuple(named), known and all(one.known for one in found)

    def _code(self, resource: Resource, properties: Value, is_sam: bool) -> Code:
        package = properties.get("PackageType")
        if is_sam and properties.get("InlineCode") is not None:
            return self._inline(resource, properties.get("InlineCode"), "InlineCode")
        code = properties.get("CodeUri" if is_sam else "Code")
        image = properties.get("ImageUri") if is_sam else code.get("ImageUri") if code is not None else None
        if image is not None or (package is not None and package.data == "Image"):
            return self._image(resource, properties, image or package or resource.properties)
        if code is None:
            if not is_sam:
                return Code(resource.location, "unknown")
            return Code(resource.location, "folder", self.folder, complete=not _is_built(resource))
        if not is_sam and code.get("ZipFile") is not None:
            return self._inline(resource, code.get("ZipFile"), "Code", "ZipFile")
        asset = resource.metadata.get("aws:asset:path") if resource.metadata is not None else None
        if asset is not None and isinstance(asset.data, str):
            return self.assets.code(self.folder, asset.data, code.location, properties.get("Handler"))
        if isinstance(code.data, str):
            return self._local(code.data, code.location, complete=not _is_built(resource))
        return Code(code.location, "unknown" if code.data is UNKNOWN else "remote")

    def _local(self, path: str, location: Location, complete: bool) -> Code:
        if "://" in path:
            return Code(location, "remote")
        full = join(self.folder, path)
        if not self.files.may_read(full, location):
            return Code(location, "unknown")
        if self.files.is_folder(full):
            return Code(location, "folder", full, complete=complete)
        # A folder that is not there is made before it is deployed, from what nobody knows.
        return Code(location, "file" if full.endswith(_PACKAGES) else "missing", full)

    def _image(self, resource: Resource, properties: Value, where: Value) -> Code:
        metadata = resource.metadata
        context = metadata.get("DockerContext") if metadata is not None else None
        asset = metadata.get("aws:asset:path") if metadata is not None else None
        context = context or asset
        if context is None or not isinstance(context.data, str):
            return Code(where.location, "image")
        folder = join(self.folder, context.data)
        named = metadata.get("Dockerfile") if metadata is not None else None
        name = named.data if named is not None and isinstance(named.data, str) else "Dockerfile"
        dockerfile = join(folder, name)
        command = properties.get("ImageConfig", "Command")
        texts = self.settings.strings(command)
        stated = texts.known[0] if texts is not None and texts.known else ""
        if not self.files.may_read(dockerfile, context.location):
            return Code(where.location, "image")
        roots = tuple(self.files.copied(dockerfile, folder))
        return Code(where.location, "image", folder, stated or self.files.command(dockerfile), dockerfile, roots)

    def _inline(self, resource: Resource, value: Value | None, *keys: str) -> Code:
        assert value is not None
        text = value.data if isinstance(value.data, str) else value.text
        if not text:
            return Code(value.location, "unknown")
        document, node = resource.document, resource.node
        for key in keys:
            node = document.entries(node).get(key, (None, None))[1] if document is not None else None
        where = Places(document, node, text) if document is not None and node is not None else nowhere
        return Code(
            value.location,
            "inline",
            value.location.path,
            inline=text,
            place=where,
            complete=isinstance(value.data, str),
        )

    def _layer_folders(self, layers: Value | None) -> Iterator[str]:
        """Where the modules stand that layers of this template bring."""
        for ref in layers.all_refs() if layers is not None else ():
            content = _LAYERS.get(self.template.types.get(ref, ""))
            layer = self.template.resource(ref) if content is not None else None
            if layer is None or content is None:
                continue
            path = layer.properties.get(content)
            asset = layer.metadata.get("aws:asset:path") if layer.metadata is not None else None
            path = asset or path
            if path is None or not isinstance(path.data, str) or "://" in path.data:
                continue
            folder = join(self.folder, path.data)
            if self.files.may_read(folder, path.location) and self.files.is_folder(folder):
                inner = join(folder, "python")
                yield from (inner, folder) if self.files.is_folder(inner) else (folder,)


def _is_built(resource: Resource) -> bool:
    """Whether a build of its own decides what is in the package."""
    method = resource.metadata.get("BuildMethod") if resource.metadata is not None else None
    return method is not None and not str(method.data).startswith("python")


def cors_of(value: Value | None) -> Cors | None:
    """Of a function URL or an API: SAM writes origins as a list, or as a text within quotes."""
    if value is None or value.data is UNKNOWN:
        return None
    if not isinstance(value.data, dict):
        origins = Settings().strings(value)
        return Cors(value.location, _unquoted(origins))
    found = None
    credentials = None
    for name, one in value.entries():
        if name.lower() in ("alloworigins", "alloworigin"):
            found = Settings().strings(one)
        elif name.lower() == "allowcredentials":
            credentials = Settings().boolean(one)
    return Cors(value.location, _unquoted(found), credentials is not None and credentials.value is True)


def _unquoted(setting: Setting[tuple[str, ...]] | None) -> tuple[str, ...]:
    return tuple(one.strip("'") for one in (setting.known if setting is not None else None) or ())
