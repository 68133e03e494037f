"""Zips and images, made for tests."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from lambdalint.packages.contents import Contents

HANDLER = b"import json\n\n\ndef lambda_handler(event, context):\n    return {}\n"


def zipped(path: Path, files: dict[str, bytes], change: Any = None) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            archive.writestr(info, data)
    return str(path)


def names(contents: Contents) -> list[str]:
    return [entry.path for entry in contents.entries]


def layer(files: dict[str, bytes], links: dict[str, str] | None = None, kind: bytes = tarfile.SYMTYPE) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return stream.getvalue()


LAYERS = [
    layer({"var/task/app.py": b"old", "var/task/old.py": b"x", "var/task/lib/a.py": b"a", "usr/bin/env": b"e"}),
    layer({"var/task/app.py": HANDLER, "var/task/.wh.old.py": b"", "var/task/lib/.wh..wh..opq": b""}),
    layer({"var/task/lib/b.py": b"b", "../../etc/passwd": b"x"}, {"var/task/link": "/etc"}),
]


def oci(layers: list[bytes], folder: Path, *architectures: str) -> Path:
    """An OCI layout: for several architectures, each says in its environment which it is."""

    def blob(data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        file = folder / "blobs" / "sha256" / digest
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    manifests = []
    for architecture in architectures or ("arm64",):
        config = {"architecture": architecture, "config": {"Cmd": ["app.lambda_handler"], "Env": [f"A={architecture}"]}}
        parts = {"config": blob(json.dumps(config).encode()), "layers": list(map(blob, layers))}
        platform = {"platform": {"os": "linux", "architecture": architecture}} if architectures else {}
        manifests.append(blob(json.dumps(parts).encode()) | platform)
    (folder / "index.json").write_text(json.dumps({"manifests": manifests}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


def saved(layers: list[bytes], path: Path, **settings: Any) -> Path:
    """What `docker save` writes; `settings` go into the configuration of the image."""
    with tarfile.open(path, "w") as archive:
        config = {"architecture": "amd64", "config": {"Cmd": ["app.lambda_handler"]}} | settings
        files = {"config.json": json.dumps(config).encode()}
        files |= {f"{number}/layer.tar": data for number, data in enumerate(layers)}
        listed = [{"Config": "config.json", "Layers": [name for name in files if name.endswith(".tar")]}]
        for name, data in (files | {"manifest.json": json.dumps(listed).encode()}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
