"""What the functions of a service may do: the provider's statements, and those of functions with roles of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Policy
from lambdalint.sources.cloudformation.functions import Draft
from lambdalint.sources.policies import statements
from lambdalint.sources.serverless.words import listed
from lambdalint.sources.values import Value

if TYPE_CHECKING:
    from lambdalint.sources.serverless.functions import Translator

_OWN = "serverless-iam-roles-per-function"
"""The plugin that gives functions roles of their own."""
_GRANTING = frozenset({"serverless-lift", "?"})
"""Plugins that let all functions use what they make."""


class Roles:
    """The role that the functions of a service share, unless they have others."""

    def __init__(self, translator: Translator) -> None:
        self._plugins = translator.plugins
        self._types = translator.service.types
        self._custom = translator.custom
        shared = translator.shared
        role = shared.get("iam", "role")
        described = role is not None and isinstance(role.data, dict)
        self._role = shared.get("role") or (None if described else role)
        self._statements = [shared.get("iamRoleStatements"), role.get("statements") if described and role else None]
        self._managed = [shared.get("iamManagedPolicies"), role.get("managedPolicies") if described and role else None]
        self._several = translator.several
        self._settings = translator.settings
        changed = translator.service.overridden("IamRoleLambdaExecution") is not None
        self._known = (
            translator.provider is not None
            and not translator.provider.opened
            and not changed
            and self._plugins.isdisjoint(_GRANTING)
        )

    def role_of(self, own: Value) -> Value | None:
        """The role, if it is one that the framework does not make."""
        role = own.get("role") or (None if self._has_own(own) else self._role)
        if role is not None and isinstance(role.data, str) and role.data in self._types:
            return Value(UNKNOWN, role.location, role.data, (role.data,), inherited=role.inherited)
        if role is not None and isinstance(role.data, (dict, list)):
            return Value(UNKNOWN, role.location, "", tuple(role.all_refs()), inherited=role.inherited)
        return role

    def allowed(self, own: Value) -> Draft:
        """What the role that the framework makes allows."""
        if self.role_of(own) is not None:
            return {}
        documents, managed, shared = self._statements, self._managed, self._several
        if self._has_own(own):
            inherits = own.get("iamRoleStatementsInherit") or self._custom.get(_OWN, "defaultInherit")
            inherits_all = inherits is not None and inherits.data is not False
            documents = [*(documents if inherits_all else ()), own.get("iamRoleStatements")]
            managed = managed if inherits_all else []
            shared = shared and inherits_all
        found = [
            statement
            for document in documents
            if document is not None
            for one in listed(document)
            for statement in statements(Value({"Statement": one}, one.location))
        ]
        named = [Policy(one) for value in managed for part in listed(value) if (one := self._settings.string(part))]
        known = self._known and all(one.known for one in found) and all(one.name.known for one in named)
        opened = any(value is not None and value.opened for value in (*documents, *managed))
        return {
            "statements": tuple(found),
            "policies": tuple(named),
            "policies_known": known and not opened,
            "role_shared": shared,
        }

    def _has_own(self, own: Value) -> bool:
        return _OWN in self._plugins and own.get("iamRoleStatements") is not None
