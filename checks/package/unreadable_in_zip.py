"""LL212: files that Lambda cannot read, or does not find, in the zip."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import listed
from lambdalint.model import Function, Package

_READ_BY_OTHERS = 0o004


@check(Package, code="LL212", severity=Severity.ERROR, since="0.3")
def unreadable_in_zip(package: Package) -> Iterator[Problem]:
    """A zip holds files that others than their owner may not read, or the code one folder too deep.

    **Why it matters.** Lambda unpacks the zip with the permissions that stand in it, and reads it as another user: each
    invocation fails with `Permission denied`. Code that is not at the root of the zip is not found. Both come from zips
    made by hand or by a script: `ZipFile.writestr` gives 0600, and a folder that is zipped from outside stands in it.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: orders.zip  # LL212
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: orders.zip
    orders/app.py: "def handler(event, context):\\n    return event\\n"
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: orders.zip
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: orders.zip
    app.py: "def handler(event, context):\\n    return event\\n"
    ```

    Folders are left alone: tools zip them with permissions of their own. Modules whose names differ by case only are
    said under `--pedantic`: whoever unpacks the zip on macOS or Windows loses one of them.

    **Ignore it when** the zip is not what is deployed.

    **Source.** https://repost.aws/knowledge-center/lambda-deployment-package-errors
    """
    if package.kind != "zip":
        return
    closed = [one.path for one in package.entries if one.mode is not None and not one.mode & _READ_BY_OTHERS]
    if closed:
        files = "a file" if len(closed) == 1 else f"{len(closed)} files"
        message = f"Lambda may not read {files} in {package.path}: {listed(closed)}; set their mode to 0644, of folders"
        yield Problem(package.location, f"{message} and programs to 0755")
    for function in package.functions:
        folder = _too_deep(function, package)
        if folder:
            message = f"the code of {function.logical_id} is in {folder}/ of {package.path}, where Lambda does not look"
            yield Problem(package.location, f"{message}; zip what is in the folder, not the folder")
    for one, other in _alike(package):
        message = f"{one} and {other} in {package.path} differ by case only: macOS and Windows unpack one of them"
        yield Problem(package.location, f"{message}; rename one", sure=False)


def _too_deep(function: Function, package: Package) -> str:
    """The only folder that has the file of a handler, where the root and all layers have none."""
    stated = function.handler.known if function.handler is not None else None
    module = (stated or "").rpartition(".")[0].replace(".", "/")
    if not module or function.layers is not None:
        return ""
    wanted = (f"{module}.py", f"{module}/__init__.py", f"{module}.pyc")
    folders: set[str] = set()
    for entry in package.entries:
        if entry.path in wanted or (entry.path.startswith(f"{module}.") and entry.path.endswith(".so")):
            return ""
        folders.update(entry.path.removesuffix(f"/{one}") for one in wanted[:2] if entry.path.endswith(f"/{one}"))
    return folders.pop() if len(folders) == 1 else ""


def _alike(package: Package) -> Iterator[tuple[str, str]]:
    """Modules that are one where case does not count."""
    seen: dict[str, str] = {}
    for entry in package.entries:
        if entry.path.endswith(".py"):
            other = seen.setdefault(entry.path.lower(), entry.path)
            if other != entry.path:
                yield other, entry.path
