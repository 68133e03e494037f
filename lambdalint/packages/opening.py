"""Opens whatever holds a package, by what it is and not by what it is called."""

from __future__ import annotations

import os

from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.folders import Folder
from lambdalint.packages.spans import File
from lambdalint.packages.zips import Zip

_TAR_AT = 257
_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"\x7fELF": "a program",
}


def open_package(path: str, architecture: str = "") -> Contents:
    """The files of a zip, a folder, or an image (an OCI layout, or what `docker save` writes).

    `architecture` is that of an image which was made for several. Raises `Unreadable`.
    """
    where = path or "."
    if os.path.isdir(where):
        return _image(path, architecture) if _is_layout(where) else Folder(path)
    start = File(where).read(0, _TAR_AT + 5)
    if start[_TAR_AT:] == b"ustar" or start[:3] == b"\x1f\x8b\x08":
        return _image(path, architecture)
    try:
        return Zip(path)
    except Unreadable:
        for magic, name in _OTHERS.items():
            if start.startswith(magic):
                raise Unreadable(f"is no zip that can be read: it is {name}") from None
        raise


def _is_layout(folder: str) -> bool:
    """Whether a folder is an OCI layout, or what `docker save` wrote, unpacked."""
    holds = [os.path.isfile(os.path.join(folder, name)) for name in ("oci-layout", "index.json", "manifest.json")]
    return holds[0] and (holds[1] or holds[2])


def _image(path: str, architecture: str) -> Contents:
    from lambdalint.packages.images import Image

    return Image(path, architecture)
