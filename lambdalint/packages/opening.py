"""Opens whatever holds a package, by what it is and not by what it is called."""

from __future__ import annotations

import os

from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.folders import Folder
from lambdalint.packages.zips import Zip

_TAR_AT = 257


def open_package(path: str) -> Contents:
    """The files of a zip, a folder, or an image (an OCI layout, or what `docker save` writes).

    Raises `Unreadable`.
    """
    where = path or "."
    if os.path.isdir(where):
        if os.path.isfile(os.path.join(where, "oci-layout")):
            from lambdalint.packages.images import Image

            return Image(path)
        return Folder(path)
    try:
        with open(where, "rb") as stream:
            start = stream.read(_TAR_AT + 5)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if start[_TAR_AT:] == b"ustar" or start[:3] == b"\x1f\x8b\x08":
        from lambdalint.packages.images import Image

        return Image(path)
    return Zip(path)
