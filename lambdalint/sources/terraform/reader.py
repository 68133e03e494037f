"""The functions of a Terraform stack: their code, and what only Terraform's resources say of them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Alarm, Code, Setting, Trigger, nowhere
from lambdalint.sources.cloudformation.assembly import Assets
from lambdalint.sources.cloudformation.companions import Companions
from lambdalint.sources.cloudformation.functions import Draft, FunctionReader
from lambdalint.sources.cloudformation.template import Resource
from lambdalint.sources.paths import Files, join
from lambdalint.sources.terraform.operations import truth
from lambdalint.sources.terraform.vocabulary import MODULE, NOTIFICATION, PROVISIONED
from lambdalint.sources.terraform.words import Resources, renamed
from lambdalint.sources.values import Settings, Value

_ARCHIVES = ("data.archive_file", "archive_file")
_LAYER = "aws_lambda_layer_version"
_OBJECTS = ("aws_s3_object", "aws_s3_bucket_object")


class Reader(FunctionReader):
    """Reads the functions of one stack."""

    def __init__(self, resources: Resources, settings: Settings, files: Files, folder: str, format: str) -> None:
        super().__init__(resources, settings, files, folder, Assets(files))
        self.declared = resources
        self.format = format
        self._by_output: dict[str, Value] | None = None

    def draft(self, resource: Resource) -> Draft:
        draft = super().draft(resource)
        published = resource.properties.get("Publish")
        draft.update(
            path=resource.location.path,
            format=self.format,
            place=self.declared.items[resource.logical_id].place,
        )
        if published is not None and truth(published):
            draft["alias_of"] = self.settings.constant(f"{resource.logical_id}.version", published)
        return draft

    # -- code ------------------------------------------------------------------------------------------

    def _code(self, resource: Resource, properties: Value, is_sam: bool) -> Code:
        place = resource.location
        package, image = properties.get("PackageType"), properties.get("ImageUri")
        if image is not None or (package is not None and package.data == "Image"):
            command = self.settings.strings(properties.get("ImageConfig", "Command"))
            stated = command.known[0] if command is not None and command.known else ""
            return Code((image or package or properties).location, "image", "", stated)
        sources = properties.get("SourcePath")
        if sources is not None:
            return self._source_path(sources, properties)
        stated_file = properties.get("Filename")
        archive = self._archive(properties)
        if archive is not None:
            return self._of_archive(archive, (stated_file or properties).location)
        if stated_file is not None:
            for text in _known(stated_file):
                return self._local(text, stated_file.location, complete=False)
            return Code(stated_file.location, "unknown")
        bucket = properties.get("S3Bucket") or properties.get("S3Key")
        return Code(bucket.location, "remote") if bucket is not None else Code(place, "unknown")

    def _archive(self, properties: Value) -> Value | None:
        """What is zipped to be the function's code: by reference, by way of an object in S3, or by the file's name."""
        names = ("Filename", "S3Key", "S3ObjectVersion", "SourceCodeHash")
        values = [value for name in names if (value := properties.get(name)) is not None]
        for value in values:
            item = self.declared.meant(value, *_ARCHIVES)
            if item is not None:
                return item.body
            uploaded = self.declared.meant(value, *_OBJECTS)
            source = uploaded.body.get("source") if uploaded is not None else None
            if source is not None:
                item = self.declared.meant(source, *_ARCHIVES)
                return item.body if item is not None else self._made_as(source)
        named = properties.get("Filename")
        return self._made_as(named) if named is not None else None

    def _made_as(self, value: Value) -> Value | None:
        if self._by_output is None:
            self._by_output = {}
            for item in self.declared.of(*_ARCHIVES):
                output = item.body.get("output_path")
                for text in (*_known(output), output.text if output is not None else ""):
                    if text:
                        self._by_output.setdefault(posixpath.normpath(text), item.body)
        for text in (*_known(value), value.text):
            if text and posixpath.normpath(text) in self._by_output:
                return self._by_output[posixpath.normpath(text)]
        return None

    def _of_archive(self, archive: Value, location: Location) -> Code:
        built = archive.get("depends_on") is not None
        folder, file = archive.get("source_dir"), archive.get("source_file")
        if folder is not None:
            path = self._first(folder, self.files.is_folder)
            if path is None:
                return Code(location, "unknown")
            if self.files.is_folder(path):
                return Code(location, "folder", path, complete=not built)
            return Code(location, "missing", path)
        if file is not None:
            path = self._first(file, self.files.exists)
            if path is None:
                return Code(location, "unknown")
            return Code(location, "file", path, complete=not built and self.files.exists(path))
        sources = archive.get("source")
        for one in sources.elements() if sources is not None else ():
            code = self._of_content(one, location)
            if code is not None:
                return code
        return Code(location, "unknown")

    def _of_content(self, source: Value, location: Location) -> Code | None:
        """Of a zip that is made of texts: the file that one was read from, or what is written in the template."""
        name, content = source.get("filename"), source.get("content")
        if name is None or content is None or not str(name.data).endswith(".py"):
            return None
        text = content.data if isinstance(content.data, str) else content.text
        for path, data in self.files.held.items():
            if posixpath.basename(path) == name.data and data.decode("utf-8-sig", "replace") == text:
                return Code(location, "file", path)
        if content.location.path != location.path or "\n" not in text:
            return None
        lines = (self.files.read(location.path) or "").split("\n")
        where = _where(text, lines, content.location.line)
        complete = isinstance(content.data, str)
        return Code(content.location, "inline", location.path, inline=text, place=where, complete=complete)

    def _paths(self, value: Value | None) -> list[str]:
        """The paths that a value may be, as far as they lie in the tree."""
        if value is None:
            return []
        paths = [join(self.folder, text) for text in _known(value)]
        return [path for path in paths if self.files.may_read(path, value.location)]

    def _first(self, value: Value, is_there: Callable[[str], bool]) -> str | None:
        """Of several paths the first that is there, else the first."""
        paths = self._paths(value)
        return next(filter(is_there, paths), paths[0] if paths else None)

    def _source_path(self, value: Value, properties: Value) -> Code:
        """Of the community's module: a path, or a list of paths and of maps with a path."""
        listed = value.data if isinstance(value.data, list) else [value]
        paths: list[str] = []
        for one in listed:
            for choice in one.choices or (one,):
                paths += self._paths(choice.get("path") if isinstance(choice.data, dict) else choice)
        if not paths:
            return Code(value.location, "unknown")
        handler = properties.get("Handler")
        module = handler.data.rpartition(".")[0] if handler is not None and isinstance(handler.data, str) else ""
        for path in paths:
            if self.files.is_folder(path) and self.files.exists(join(path, f"{module}.py")):
                return Code(value.location, "folder", path, complete=True)
            if path.endswith(f"/{module}.py") or path == f"{module}.py":
                return Code(value.location, "file", path, complete=self.files.exists(path))
        if self.files.is_folder(paths[0]):
            alone = len(paths) == 1 and isinstance(value.data, str)
            return Code(value.location, "folder", paths[0], complete=alone)
        return Code(value.location, "file", paths[0])

    def _layer_folders(self, layers: Value | None) -> Iterator[str]:
        for ref in layers.all_refs() if layers is not None else ():
            item = self.declared.items.get(ref)
            archive = self._archive(renamed(item.body, {})) if item is not None and item.type == _LAYER else None
            code = self._of_archive(archive, item.location) if archive is not None and item is not None else None
            if code is not None and code.kind == "folder":
                inner = join(code.path, "python")
                yield from (inner, code.path) if self.files.is_folder(inner) else (code.path,)


def _where(code: str, there: list[str], line: int) -> Callable[[int, int], tuple[int, int] | None]:
    """From lines and columns of a text to those of the file it is written in, below its attribute."""
    lines = code.split("\n")
    first = next((number for number, one in enumerate(lines) if one.strip()), 0)
    for number in range(line, min(line + 8, len(there))):
        if there[number].strip() == lines[first].strip():
            indent = there[number].index(lines[first].strip()) - lines[first].index(lines[first].strip())
            return lambda line, column: (number + 1 - first + line - 1, column + indent)
    return nowhere


def _known(value: Value | None) -> Iterator[str]:
    """The texts that a value may be."""
    if value is None:
        return
    for one in value.choices or (value,):
        if isinstance(one.data, str) and one.data:
            yield one.data


class TerraformCompanions(Companions):
    """Also what CloudFormation has no word for."""

    def complete(self, drafts: dict[str, Draft]) -> None:
        super().complete(drafts)
        for resource in self.template.resources(PROVISIONED):
            self._provisioned(resource, drafts)
        for resource in self.template.resources(NOTIFICATION):
            self._notification(resource, drafts)
        for resource in self.template.resources(MODULE):
            for function in self.references.functions(resource.properties):
                draft = drafts[function]
                draft["triggers_known"] = False
                draft["alarms"].append(Alarm(resource.location))
                draft.setdefault("log_retention_days", Setting(UNKNOWN, resource.location))

    def _provisioned(self, resource: Resource, drafts: dict[str, Draft]) -> None:
        p, s = resource.properties, self.settings
        for function in self.references.functions(p.get("FunctionName")):
            drafts[function].update(
                provisioned_concurrency=s.integer(p.get("ProvisionedConcurrentExecutions")),
                provisioned_on=s.string(p.get("Qualifier")),
            )

    def _notification(self, resource: Resource, drafts: dict[str, Draft]) -> None:
        p, s = resource.properties, self.settings
        listed = p.get("LambdaFunction")
        for one in listed.elements() if listed is not None else ():
            trigger = Trigger(
                "s3",
                one.location,
                s.string(p.get("Bucket") or Value(UNKNOWN, resource.location)),
                prefix=s.string(one.get("FilterPrefix")),
                suffix=s.string(one.get("FilterSuffix")),
                events=s.strings(one.get("Events")),
            )
            self.add(drafts, one.get("LambdaFunctionArn"), trigger)
