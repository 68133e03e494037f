"""What `value.name` is, for each kind of atom."""

from __future__ import annotations

import ast

from lambdalint.python.descriptors import Descriptors, describes
from lambdalint.python.flow import Guard
from lambdalint.python.objects import (
    Bound,
    Cached,
    Class,
    Collection,
    Descriptor,
    Frame,
    Function,
    Instance,
    Package,
    Partial,
    Super,
)
from lambdalint.python.values import EVENT, FALSE, NONE, UNKNOWN, Atom, Const, External, Piece, Value, join, unknown

PUBLIC_NAMES = {
    "boto3.session.Session": "boto3.Session",
    "boto3.session.session": "boto3.Session",
    "boto3._get_default_session": "boto3.Session",
    "aioboto3.session.Session": "aioboto3.Session",
    "aiobotocore.session.AioSession": "aiobotocore.session.get_session",
    "botocore.session.Session": "botocore.session.get_session",
    "requests.session": "requests.Session",
    "requests.sessions.Session": "requests.Session",
    "requests.sessions.session": "requests.Session",
    "requests.api.get": "requests.get",
    "requests.api.post": "requests.post",
    "urllib3.poolmanager.PoolManager": "urllib3.PoolManager",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "pymysql.connections.Connection": "pymysql.connect",
    "pymysql.Connect": "pymysql.connect",
    "pymysql.Connection": "pymysql.connect",
    "psycopg.Connection.connect": "psycopg.connect",
    "psycopg2.extensions.connection": "psycopg2.connect",
    "redis.client.Redis": "redis.Redis",
    "redis.cluster.RedisCluster": "redis.RedisCluster",
    "redis.StrictRedis": "redis.Redis",
    "pymongo.mongo_client.MongoClient": "pymongo.MongoClient",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.orm.session.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "functools._lru_cache_wrapper": "functools.lru_cache",
}
"""The name under which a library documents a thing, by the other names it has."""


_AS_INHERITED = ("aws_lambda_powertools.event_handler.", "fastapi.", "flask.", "multiprocessing.", "starlette.",
                 "threading.")  # fmt: skip
"""How the names begin of classes that are subclassed without another meaning given to their methods."""

EVENT_OBJECTS = frozenset({"flask.request", "bottle.request", "quart.request"})
EVENT_MEMBERS = frozenset({"current_event", "current_request"})
"""What frameworks call the event: global objects, and members of their applications."""


def public_name(name: str) -> str:
    """The name under which a library documents what `name` is."""
    return PUBLIC_NAMES.get(name, name)


class Attributes(Descriptors):
    """Attribute lookup, with descriptors."""

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        found: Value | None = None
        for atom in value.atoms:
            one = self.member(atom, name, value, node)
            if one is not None:
                found = one if found is None else join(found, one)
        if found is None:
            return unknown(value.taint) if value.taint else UNKNOWN
        if value.taint & ~found.taint or value.more:
            return Value(found.atoms, found.taint | value.taint, found.place, found.more or value.more)
        return found

    def member(self, atom: Atom, name: str, value: Value, node: ast.AST) -> Value | None:
        if isinstance(atom, External):
            if name == "TYPE_CHECKING" and atom.name == "typing":
                return FALSE
            full = f"{atom.name}.{name}"
            if full in EVENT_OBJECTS or name in EVENT_MEMBERS:
                return Value((Piece(("*",)),), EVENT)
            lasting = atom.lasting or value.place is not None or (atom.record is not None and not atom.record.warm)
            base = Value((External(public_name(full), atom.record, lasting),))
            place = self.attribute_place(atom, name) if atom.record is not None else None
            if place is not None and (place in self.overlay or self.reads is not None):
                return self.load(place, base)
            return base
        if isinstance(atom, Piece):
            return Value((Piece((*atom.path, f".{name}")),), EVENT)
        if isinstance(atom, Package):
            return self.module_member(atom, name, node)
        place = self.attribute_place(atom, name)
        held: Value | None = None
        if isinstance(atom, Instance):
            if name == "__dict__":
                return Value((self.tables.get(atom) or self.table_of(atom),))
            held = atom.attributes.get(name)
            if place is not None and self.reads is not None:
                self.reads.append(place)  # also where a class attribute stands in until it is set
            if held is None and (place is None or place not in self.overlay):
                inherited = self.inherited(atom.cls.lineage(), atom, name, node)
                if inherited is not None:
                    return inherited
                if not name.startswith("__"):
                    if place is not None:
                        self.guards.append(Guard(frozenset((place,))))  # asked only while it is not there
                    made = self.implicit(atom, "__getattr__", [Value((Const(name),))], node)
                    if place is not None:
                        self.guards.pop()
                    if made is not None:
                        return made
        elif isinstance(atom, Class):
            for cls in atom.lineage():
                if isinstance(cls, Class) and name in cls.attributes:
                    return self.of_class(cls, cls.attributes[name], atom, name)
                if isinstance(cls, External):
                    held = Value((External(public_name(f"{cls.name}.{name}")),))
                    if name == "as_view":
                        return Value((Partial(held, [Value((atom,))], {}),))
                    break
            if held is None and isinstance(atom.metaclass, Class) and name in atom.metaclass.attributes:
                return self.of_class(atom.metaclass, atom.metaclass.attributes[name], atom, name)
        elif isinstance(atom, Super):
            if name == "__call__" and isinstance(atom.owner, Class):
                return Value((atom.owner,))  # what a metaclass calls to make the object after all
            lineage = (atom.owner.cls if isinstance(atom.owner, Instance) else atom.cls).lineage()
            behind = lineage[lineage.index(atom.cls) + 1 :] if atom.cls in lineage else lineage[1:]
            found = self.inherited(behind, atom.owner, name, node)
            if found is None and name == "__new__":
                return Value((External("builtins.object.__new__"),))
            beyond = found.atoms[0] if found is not None and found.atoms and name == "__init__" else None
            if isinstance(beyond, External) and isinstance(atom.owner, Instance):
                return Value((Bound(External(beyond.name.removesuffix("().__init__")), atom.owner),))
            return found
        elif isinstance(atom, Collection):
            return Value((Bound(External("collection." + name), atom),))
        elif isinstance(atom, Const) and name in ("format", "join") and type(atom.value) is str:
            return Value((Bound(External(f"str.{name}"), atom),))
        elif isinstance(atom, Descriptor) and name in ("deleter", "getter", "setter"):
            return Value((External(f"builtins.property().{name}"),))
        elif isinstance(atom, Cached) and name == "__wrapped__":
            return Value((atom.function,))
        elif isinstance(atom, Partial) and name == "func":
            return atom.target
        if place is not None:
            if held is None and place not in self.overlay and not isinstance(atom, (Function, Class, Cached)):
                held = UNKNOWN
            return self.load(place, held)
        return held

    def table_of(self, atom: Instance) -> Collection:
        """The `__dict__` of an object."""
        table = self.tables[atom] = Collection("dict", None, None, atom.warm)
        table.keys, table.lasting, table.owner = atom.attributes, atom.lasting, atom
        return table

    def implicit(self, atom: Instance, method: str, args: list[Value], node: ast.AST) -> Value | None:
        """What a method gives that Python calls by itself; None where the project's classes have none."""
        own: list[Atom] = [one for one in atom.cls.lineage() if isinstance(one, Class)]
        if not atom.has(method):
            return None
        found = self.inherited(own, atom, method, node)
        frame = Frame(atom.cls.module, None, "", self.warm)
        return self.call(found, args, {}, node, frame) if found is not None else None

    def module_member(self, atom: Package, name: str, node: ast.AST) -> Value | None:
        module = atom.module
        if module.state == "new":
            self.load_module(module.path, module, node)
        value = module.frame.values.get(name)
        if value is None:
            if module.path.endswith("__init__.py"):
                path = self.modules.resolve(name, 1, module)
                if path is not None:
                    return self.load_module(path, module, node)
            lazy = module.frame.values.get("__getattr__")
            if lazy is not None and not name.startswith("__"):
                return self.call(lazy, [Value((Const(name),))], {}, node, module.frame)
            return None
        if self.warm:
            return self.load(("variable", module.frame, name), value)
        return value

    def of_class(self, cls: Class, value: Value, through: Class, name: str) -> Value:
        """An attribute as found in a class and read through the class."""
        first = value.atoms[0] if value.atoms else None
        if isinstance(first, Descriptor):
            if first.kind == "classmethod":
                return Value((Bound(first.function, through),))
            return Value((first.function,))
        if isinstance(first, Instance) and first.has("__get__"):
            return self.implicit(first, "__get__", [NONE, Value((through,))], cls.node) or value
        place = self.attribute_place(cls, name)
        if place is not None and not isinstance(first, (Function, Cached)):
            found = self.load(place, value) or value
            own = self.attribute_place(through, name) if through is not cls else None
            if own is not None:  # `cls._client = ...` in a subclass's name
                if self.reads is not None:
                    self.reads.append(own)
                if own in self.overlay:
                    return join(self.load(own, None) or found, found)
            return found
        return value

    def inherited(self, lineage: list[Atom], owner: Atom, name: str, node: ast.AST) -> Value | None:
        """An attribute of an object that its classes give."""
        for cls in lineage:
            if isinstance(cls, External):
                if cls.name in (
                    "builtins.object",
                    "abc.ABC",
                    "typing.Generic",
                    "typing.Protocol",
                    "enum.Enum",
                ):
                    continue
                beyond = self.inherited(
                    [one for one in lineage if one is not cls and isinstance(one, Class)], owner, name, node
                )
                if beyond is not None:
                    return beyond  # a mixin of the project's beside a class of a library
                full = public_name(f"{cls.name}().{name}")
                if isinstance(owner, Instance) and full.startswith(_AS_INHERITED):
                    return Value((External(full, owner.record, owner.lasting),))
                return Value((External(full),))
            if not isinstance(cls, Class) or name not in cls.attributes:
                continue
            value = cls.attributes[name]
            found: Value | None = None
            for atom in value.atoms:
                one = self.describe(atom, owner, name, node)
                found = one if found is None else join(found, one)
            place = self.attribute_place(cls, name)
            if place is not None and not (value.atoms and describes(value.atoms[0])):
                return self.load(place, value)
            return found if found is not None else value
        return None
