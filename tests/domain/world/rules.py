"""The oracle: what must hold of the list at every moment (design 7 and 6), asked in SQL and owing the code nothing.

Each query answers with what breaks the rule; a true list answers nothing.
"""

from __future__ import annotations

from webapp.database import database, is_sqlite

#: Whether the owner of an entry's car is in force through the same unit.
OWNER_HERE = """EXISTS (
    SELECT 1 FROM entry o JOIN driver_slot s ON s.id = o.slot_id
    WHERE o.vehicle_id = e.vehicle_id AND o.unit_id = e.unit_id AND o.state <> 'removed' AND NOT o.household
      AND s.slot = 'owner' AND s.in_force)"""

BROKEN = {
    "1: more than two drivers on an own-use car": """
        SELECT vehicle_id FROM entry WHERE vehicle_use = 'own' AND state <> 'removed'
        GROUP BY vehicle_id HAVING count(DISTINCT person_id) > 2""",
    "1: own-use entry in force without its slot": """
        SELECT e.ref FROM entry e LEFT JOIN driver_slot s ON s.id = e.slot_id
        WHERE e.vehicle_use = 'own' AND e.state <> 'removed'
          AND (s.id IS NULL OR s.vehicle_id <> e.vehicle_id OR s.person_id <> e.person_id)""",
    "1: a slot that no entry holds": """
        SELECT s.id FROM driver_slot s
        WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.slot_id = s.id AND e.state <> 'removed')
          AND NOT (s.slot = 'owner' AND NOT s.in_force AND EXISTS (
              SELECT 1 FROM driver_slot o WHERE o.vehicle_id = s.vehicle_id AND o.slot = 'second'))""",
    "1: a unit vehicle's entry with a slot": """
        SELECT ref FROM entry WHERE vehicle_use = 'unit' AND slot_id IS NOT NULL""",
    "2: a second driver in force without an owner in force": """
        SELECT s.id FROM driver_slot s WHERE s.slot = 'second' AND s.in_force AND NOT EXISTS (
            SELECT 1 FROM driver_slot o WHERE o.vehicle_id = s.vehicle_id AND o.slot = 'owner' AND o.in_force)""",
    "2: an owner's slot in force that no entry holds": """
        SELECT s.id FROM driver_slot s WHERE s.slot = 'owner' AND s.in_force AND NOT EXISTS (
            SELECT 1 FROM entry e WHERE e.slot_id = s.id AND e.state <> 'removed')""",
    "3: a second driver whose owner is gone and who is not held": """
        SELECT e.ref FROM entry e JOIN driver_slot s ON s.id = e.slot_id
        WHERE s.slot = 'second' AND NOT s.in_force AND e.state <> 'removed' AND NOT EXISTS (
            SELECT 1 FROM entry_hold h
            WHERE h.entry_id = e.id AND h.kind = 'owner_missing' AND h.released_at IS NULL)""",
    "3: held for a missing owner who is there": """
        SELECT e.ref FROM entry e JOIN entry_hold h ON h.entry_id = e.id JOIN driver_slot s ON s.id = e.slot_id
        WHERE h.kind = 'owner_missing' AND h.released_at IS NULL AND s.in_force AND NOT e.household""",
    "4 (design): of a household, its owner not in force in his unit, and not held": f"""
        SELECT e.ref FROM entry e WHERE e.household AND e.state <> 'removed' AND NOT {OWNER_HERE} AND NOT EXISTS (
            SELECT 1 FROM entry_hold h
            WHERE h.entry_id = e.id AND h.kind = 'owner_missing' AND h.released_at IS NULL)""",
    "4 (design): of a household, held for an owner who is there": f"""
        SELECT e.ref FROM entry e JOIN entry_hold h ON h.entry_id = e.id
        WHERE e.household AND h.kind = 'owner_missing' AND h.released_at IS NULL AND {OWNER_HERE}""",
    "4 (design): of a household, with a unit's vehicle": """
        SELECT ref FROM entry WHERE household AND vehicle_use = 'unit'""",
    "4: an entry in force of another use than its vehicle": """
        SELECT e.ref FROM entry e JOIN vehicle v ON v.id = e.vehicle_id
        WHERE e.state <> 'removed' AND e.vehicle_use <> v.vehicle_use""",
    "4: a unit vehicle in force for two units": """
        SELECT vehicle_id FROM entry WHERE vehicle_use = 'unit' AND state <> 'removed'
        GROUP BY vehicle_id HAVING count(DISTINCT unit_id) > 1""",
    "4: a plate in two registers": """
        SELECT plate_index FROM register_vehicle WHERE ended_at IS NULL GROUP BY plate_index HAVING count(*) > 1""",
    "5: an active plate that leads to two vehicles": """
        SELECT plate_index FROM plate WHERE ended_at IS NULL GROUP BY plate_index HAVING count(*) > 1""",
    "5: an entry in force on a vehicle without a plate": """
        SELECT e.ref FROM entry e WHERE e.state <> 'removed' AND NOT EXISTS (
            SELECT 1 FROM plate p WHERE p.vehicle_id = e.vehicle_id AND p.ended_at IS NULL)""",
    "6: a document that leads to two persons": """
        SELECT key_index FROM person_document GROUP BY key_index HAVING count(*) > 1""",
    "7: two entries in force of one person, vehicle and unit": """
        SELECT person_id FROM entry WHERE state <> 'removed'
        GROUP BY person_id, vehicle_id, unit_id HAVING count(*) > 1""",
    "6 (cycle): listed with a hold, or suspended without": """
        SELECT e.ref FROM entry e WHERE (e.state = 'listed') = EXISTS (
            SELECT 1 FROM entry_hold h WHERE h.entry_id = e.id AND h.released_at IS NULL) AND e.state <> 'removed'""",
    "6 (cycle): removed and not over": """
        SELECT e.ref FROM entry e WHERE e.state = 'removed' AND (e.slot_id IS NOT NULL OR e.cause IS NULL
            OR e.removed_at IS NULL OR EXISTS (
            SELECT 1 FROM entry_hold h WHERE h.entry_id = e.id AND h.released_at IS NULL))""",
    "6 (cycle): in force and over": """
        SELECT ref FROM entry WHERE state <> 'removed' AND (cause IS NOT NULL OR removed_at IS NOT NULL)""",
    "9: an upload that covers another number than it says": """
        SELECT u.ref FROM upload u WHERE u.state = 'done' AND u.covered <> (
            SELECT count(*) FROM upload_line l WHERE l.upload_id = u.id AND l.fallen_reason IS NULL)""",
    "9: covered by a done upload and not uploaded": """
        SELECT f.ref FROM upload_line l JOIN upload u ON u.id = l.upload_id JOIN filing f ON f.id = l.filing_id
        WHERE u.state = 'done' AND l.fallen_reason IS NULL AND f.state <> 'uploaded'""",
    "9: a filing covered twice": """
        SELECT l.filing_id FROM upload_line l JOIN upload u ON u.id = l.upload_id
        WHERE u.state = 'done' AND l.fallen_reason IS NULL GROUP BY l.filing_id HAVING count(*) > 1""",
    "9: an uploaded filing that no pledge covers": """
        SELECT f.ref FROM filing f WHERE f.state = 'uploaded' AND NOT EXISTS (
            SELECT 1 FROM upload_line l JOIN upload u ON u.id = l.upload_id
            WHERE l.filing_id = f.id AND u.state = 'done' AND l.fallen_reason IS NULL)""",
    "9: a done upload without a pledge": "SELECT ref FROM upload WHERE state = 'done' AND pledge_id IS NULL",
    "11: an act without its result or proof": "SELECT id FROM act WHERE result IS NULL OR mac IS NULL",
    "11: an act done twice under one key": """
        SELECT key FROM act WHERE outcome = 'done' GROUP BY actor_kind, actor_ref, verb, key HAVING count(*) > 1""",
    "11: a step of an entry without an audit line": """
        SELECT s.id FROM entry_step s JOIN entry e ON e.id = s.entry_id WHERE NOT EXISTS (
            SELECT 1 FROM audit_line a WHERE a.act_id = s.act_id AND a.object_ref = e.ref)""",
    "11: a step of a filing without an audit line": """
        SELECT s.id FROM filing_step s JOIN filing f ON f.id = s.filing_id WHERE NOT EXISTS (
            SELECT 1 FROM audit_line a WHERE a.act_id = s.act_id AND a.object_ref = f.ref)""",
    "6 (filing): its last step says another state": """
        SELECT f.ref FROM filing f JOIN filing_step s ON s.id = (
            SELECT max(t.id) FROM filing_step t WHERE t.filing_id = f.id) WHERE s.state <> f.state""",
    "6 (filing): waiting or disputed and uploaded": """
        SELECT ref FROM filing WHERE state = 'uploaded' AND (waiting OR disputed)""",
    "6 (unit): deregistered and not over": """
        SELECT u.ref FROM unit u WHERE u.state = 'deregistered' AND (
            EXISTS (SELECT 1 FROM entry e WHERE e.unit_id = u.id AND e.state <> 'removed')
            OR EXISTS (
                SELECT 1 FROM filing f WHERE f.unit_id = u.id AND f.state IN ('submitted', 'returned', 'verified'))
            OR EXISTS (SELECT 1 FROM membership m WHERE m.unit_id = u.id AND m.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM enrolment_code c WHERE c.unit_id = u.id AND c.state = 'active')
            OR EXISTS (SELECT 1 FROM register_vehicle r WHERE r.unit_id = u.id AND r.ended_at IS NULL))""",
    "6 (unit): deregistered by one officer alone": """
        SELECT ref FROM unit_proposal WHERE state = 'confirmed' AND proposed_by = decided_by""",
    "6 (sanction): a sanctioned person in force": """
        SELECT e.ref FROM entry e JOIN person_document d ON d.person_id = e.person_id
        JOIN sanction_subject j ON j.kind = 'document' AND j.key_index = d.key_index
        JOIN sanction s ON s.id = j.sanction_id WHERE s.state = 'confirmed' AND e.state <> 'removed'""",
    "6 (sanction): a sanctioned person with an open filing": """
        SELECT f.ref FROM filing f JOIN person_document d ON d.person_id = f.person_id
        JOIN sanction_subject j ON j.kind = 'document' AND j.key_index = d.key_index
        JOIN sanction s ON s.id = j.sanction_id
        WHERE s.state = 'confirmed' AND f.state IN ('submitted', 'returned', 'verified')""",
    "6 (sanction): a sanctioned plate in force": """
        SELECT e.ref FROM entry e JOIN plate p ON p.vehicle_id = e.vehicle_id AND p.ended_at IS NULL
        JOIN sanction_subject j ON j.kind = 'plate' AND j.key_index = p.plate_index
        JOIN sanction s ON s.id = j.sanction_id WHERE s.state = 'confirmed' AND e.state <> 'removed'""",
    "6 (sanction): confirmed by its proposer": """
        SELECT ref FROM sanction WHERE state IN ('confirmed', 'ended') AND proposed_by_id = confirmed_by_id""",
    "6 (invitation): two open ones for one car and driver": """
        SELECT vehicle_id FROM invitation WHERE state = 'open' AND second_id IS NOT NULL
        GROUP BY vehicle_id, second_id HAVING count(*) > 1""",
    "counts: so many filings of a unit in a state, and not as many as are kept": """
        SELECT unit_id, state, waiting, sum(n) FROM (
            SELECT unit_id, state, waiting, 1 AS n FROM filing
            UNION ALL SELECT unit_id, state, waiting, -number FROM tally WHERE noun = 'filing') AS counted
        GROUP BY unit_id, state, waiting HAVING sum(n) <> 0""",
    "counts: so many entries of a unit in a state, and not as many as are kept": """
        SELECT unit_id, state, sum(n) FROM (
            SELECT unit_id, state, 1 AS n FROM entry
            UNION ALL SELECT unit_id, state, -number FROM tally WHERE noun = 'entry') AS counted
        GROUP BY unit_id, state HAVING sum(n) <> 0""",
    "counts: so many units in a state, and not as many as are kept": """
        SELECT unit_class, state, sum(n) FROM (
            SELECT unit_class, state, 1 AS n FROM unit
            UNION ALL SELECT unit_class, state, -number FROM unit_tally) AS counted
        GROUP BY unit_class, state HAVING sum(n) <> 0""",
    "counts: so many entries of a campaign, and not as many as are kept": """
        SELECT campaign_id, unit_id, word, sum(n) FROM (
            SELECT campaign_id, unit_id, 'total' AS word, 1 AS n FROM campaign_entry
            UNION ALL SELECT campaign_id, unit_id, 'confirmed', 1 FROM campaign_entry WHERE confirmed_at IS NOT NULL
            UNION ALL SELECT campaign_id, unit_id, 'missing', 1 FROM campaign_entry
            WHERE confirmed_at IS NULL AND entry_id NOT IN (SELECT id FROM entry WHERE state = 'removed')
            UNION ALL SELECT campaign_id, unit_id, word, -number FROM campaign_tally) AS counted
        GROUP BY campaign_id, unit_id, word HAVING sum(n) <> 0""",
    "3 (design): a phone that serves more than five people": """
        SELECT phone_index FROM person_phone WHERE ended_at IS NULL
        GROUP BY phone_index HAVING count(DISTINCT person_id) > 5""",
}


def broken() -> list[str]:
    """Every rule that does not hold, with what breaks it. One moment of the database, also while others write."""
    database.execute_sql("BEGIN" if is_sqlite() else "BEGIN ISOLATION LEVEL REPEATABLE READ")
    try:
        found = []
        for rule, query in BROKEN.items():
            rows = database.execute_sql(query).fetchall()
            if rows:
                found.append(f"{rule}: {rows[:5]}")
        return found
    finally:
        database.execute_sql("COMMIT")
