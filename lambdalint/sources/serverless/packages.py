"""What is deployed of a service: the folder of a function, or an image, and the handler in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdalint.model.places import Location
from lambdalint.model.template import Code
from lambdalint.sources.paths import join
from lambdalint.sources.values import Value

if TYPE_CHECKING:
    from lambdalint.sources.serverless.functions import Translator

_HARMLESS = frozenset(
    """
    serverless-python-requirements serverless-offline serverless-prune-plugin serverless-iam-roles-per-function
    serverless-step-functions serverless-plugin-tracing serverless-plugin-split-stacks serverless-domain-manager
    serverless-pseudo-parameters serverless-plugin-aws-alerts serverless-plugin-canary-deployments serverless-lift
    serverless-deployment-bucket serverless-localstack serverless-dotenv-plugin serverless-dynamodb-local
    serverless-plugin-log-retention serverless-plugin-warmup serverless-better-credentials serverless-export-env
    serverless-cf-vars serverless-cloudformation-sub-variables serverless-offline-sqs serverless-apigw-binary
    serverless-s3-sync serverless-api-gateway-throttling serverless-add-api-key serverless-plugin-resource-tagging
    """.split()
)
"""Plugins that leave the code where it is."""


class Packages:
    """Where the code of the functions of one service is."""

    def __init__(self, translator: Translator) -> None:
        nothing = Value({}, Location(translator.service.path))
        self._settings = translator.settings
        self._files = translator.files
        self._folder = translator.folder
        self._plugins = translator.plugins
        self._custom = translator.custom
        self._package = translator.service.value_of("package") or nothing
        self._images = translator.shared.get("ecr", "images") or nothing

    def code(self, own: Value, place: Location) -> Code:
        image = own.get("image")
        if image is not None:
            return self._of_image(image)
        handler = own.get("handler")
        where = handler.location if handler is not None else place
        complete = self._plugins <= _HARMLESS and not own.opened and own.get("package", "artifact") is None
        complete = complete and self._package.get("artifact") is None
        module = own.get("module")
        if module is not None and isinstance(module.data, str):
            folder = join(self._folder, module.data)  # the plugin serverless-python-requirements
            if self._files.may_read(folder, module.location) and self._files.is_folder(folder):
                return Code(where, "folder", folder, roots=(self._folder,), complete=complete)
        return Code(where, "folder", self._folder, complete=complete)

    def _of_image(self, image: Value) -> Code:
        name = image.get("name") or (image if isinstance(image.data, str) else None)
        found = self._images.get(name.data) if name is not None and isinstance(name.data, str) else None
        path = found.get("path") if found is not None else None
        if path is None or not isinstance(path.data, str):
            return Code(image.location, "image")
        folder = join(self._folder, path.data)
        file = found.get("file") if found is not None else None
        dockerfile = join(folder, file.data if file is not None and isinstance(file.data, str) else "Dockerfile")
        if not self._files.may_read(dockerfile, path.location):
            return Code(image.location, "image")
        stated = self._settings.strings(image.get("command"))
        command = (stated.known[0] if stated is not None and stated.known else "") or self._files.command(dockerfile)
        roots = tuple(self._files.copied(dockerfile, folder))
        return Code(image.location, "image", folder, command, dockerfile, roots)

    def application(self, own: Value) -> str | None:
        """The handler that serverless-wsgi calls in place of its own: `api.app`."""
        handler = own.get("handler")
        app = self._custom.get("wsgi", "app")
        if handler is None or handler.data not in ("wsgi_handler.handler", "wsgi.handler") or app is None:
            return None
        return app.data if isinstance(app.data, str) else None
