"""The one table that says which role may do what. Deny by default: what is not here is not allowed.

Guards name a permission, roles are sets of them; nothing else in the code asks for a role.
"""

from __future__ import annotations

VERIFIER = frozenset(
    {
        "inbox:read",
        "filings:read",
        "filings:verify",
        "number:read",
        "uploads:read",
        "list:read",
        "entries:remove",
        "people:manage",
        "entries:confirm",
        "list:export",
        "people:link",
        "phones:replace",
        "counter:help",
        "register:read",
        "register:edit",
        "code:read",
        "unit:read",
        "cases:read",
        "cases:answer",
    }
)
MANAGER = VERIFIER | {
    "campaigns:start",
    "list:export-full",
    "uploads:make",
    "code:manage",
    "team:manage",
    "unit:edit",
}

UNIT_ROLES: dict[str, frozenset[str]] = {"manager": MANAGER, "verifier": VERIFIER}

PLATFORM_ROLES: dict[str, frozenset[str]] = {
    "platform_officer": frozenset(
        {
            "platform:inbox",
            "units:read",
            "units:decide",
            "campaigns:manage",
            "sanctions:read",
            "sanctions:decide",
            "cases:read",
            "cases:decide",
            "texts:manage",
            "list:search",
            "announcements:manage",
            "figures:read",
            "figures:whole",
            "people:erase",
            "data:read",
            "rights:answer",
            "incidents:manage",
            "assessments:manage",
        }
    ),
    "system_admin": frozenset({"accounts:manage", "lanes:manage"}),
    "security_admin": frozenset({"accounts:unlock", "accounts:secure"}),
    "audit_admin": frozenset({"data:read", "audit:read"}),
    "supervisor": frozenset({"figures:read"}),
    "lane_officer": frozenset({"lanes:check"}),
}


def permissions(unit_role: str | None, platform_roles: frozenset[str]) -> frozenset[str]:
    """Everything somebody may do in a unit (as its `unit_role`) and on the platform."""
    granted = UNIT_ROLES.get(unit_role or "", frozenset())
    for role in platform_roles:
        granted |= PLATFORM_ROLES.get(role, frozenset())
    return granted
