"""Invented units with their managers; all managers share one password."""

from __future__ import annotations

import random

from stdnum.cn import uscc

from webapp import crypto
from webapp.cli.synth.planning import DAY, Plan
from webapp.cli.synth.writing import Rows, new_refs, no_rows, proved
from webapp.domain.accounts.links import email_index
from webapp.values.codes import ALPHABET
from webapp.values.folding import fold

MANAGER = "虛構經辦"
PREFIXES = {"enterprise": "91440400MA", "resident": "54440400MJ", "organ": "12440400MB", "social": "51440400MJ"}
REGISTER, CERTIFY = 0, 1


def registration_number(unit_id: int) -> str:
    body = f"91440400MY{unit_id:07d}"
    return body + uscc.calc_check_digit(body)


def enrolment_code(unit_id: int) -> str:
    """Eight characters, all of them different from unit to unit."""
    place = unit_id * 726_476_548_141 % 2**40
    return "".join(ALPHABET[place >> shift & 31] for shift in range(35, -5, -5))


def tell(plan: Plan, refs: list[tuple[str, str]], first_act: int, proof_id: int, password_hash: str) -> Rows:
    """Certified units; `refs`: of each unit and of its manager's account."""
    rows, before = no_rows(), plan.midnight - 800 * DAY
    for unit, (ref, account_ref) in zip(plan.units, refs, strict=True):
        account, acts = plan.bases.account + unit.number, (first_act + 2 * unit.number, first_act + 2 * unit.number + 1)
        email = crypto.seal(unit.email, "account", "email", account_ref)
        name = crypto.seal(MANAGER, "account", "name", account_ref)
        index = email_index(unit.email)
        known = (account, account_ref, index, email, name, password_hash, "active", 0, before, 1)
        rows["account"].append((*known, plan.midnight))  # the password is new
        for act_id, verb, at in ((acts[0], "unit:register", before), (acts[1], "unit:certify", before + DAY)):
            who = ("visitor", "synth") if verb == "unit:register" else ("system", "synth")
            row = (act_id, *who, None, unit.id, verb, f"synth-{act_id}", "done", "{}", "synth", "", "", at)
            rows["act"].append(row)
        about = {"legal_representative": MANAGER, "manager_name": MANAGER, "manager_phone": "+8619000000000"}
        details = crypto.seal(about | {"email": unit.email}, "unit", "details", ref)
        named = (unit.unit_class, unit.name, fold(unit.name), "cn", registration_number(unit.id), "", "")
        reached = (f"橫琴虛構路{unit.id}號", "0756 000 0000", "", details, proof_id)
        rows["unit"].append((unit.id, ref, *named, *reached, "certified", 2000, before, before + DAY, acts[1], 2))
        rows["unit_step"].append((unit.id, acts[0], before, "register", "pending"))
        rows["unit_step"].append((unit.id, acts[1], before + DAY, "certify", "certified"))
        rows["membership"].append((unit.id, account, "manager", acts[0], before))
        code = enrolment_code(unit.id)
        rows["enrolment_code"].append((unit.id, code, 1, "active", acts[1], before + DAY))
        rows["audit_line"].append((acts[0], before, "unit:registered", ref, unit.id, None))
        rows["audit_line"].append((acts[1], before + DAY, "unit:certified", ref, unit.id, None))
        rows["audit_line"].append((acts[1], before + DAY, "enrolment-code:made", code, unit.id, None))
    return proved(rows)


def references(plan: Plan) -> list[tuple[str, str]]:
    chance = random.Random(f"{plan.seed}:units")
    return [(made[0], made[1]) for made in (new_refs(chance, 2) for _ in plan.units)]
