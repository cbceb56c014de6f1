"""Who may open each route. A new route fails the suite until it stands here; the guard's mark must say the same."""

PUBLIC, DRAFT, STATUS, LANE, SIGNED_IN = "public", "draft", "status", "lane", "signed_in"

AUDIENCES: dict[str, str] = {
    "static": PUBLIC,
    **dict.fromkeys(
        [
            "filer.draft_begin", "filer.find", "filer.find_code", "filer.find_links", "filer.resume_help",
            "filer.invitation", "filer.invitation_decline", "filer.not_me", "filer.start",
            "public.accessibility", "public.certificate", "public.code_entered", "public.committees", "public.contact",
            "public.genuine", "public.genuine_file", "public.genuine_form", "public.health",
            "public.help_people", "public.help_units", "public.home",
            "public.large_text", "public.my_data_schema", "public.privacy", "public.readiness", "public.register",
            "public.register_done",
            "public.register_email", "public.register_email_again", "public.register_recover",
            "public.register_recovering", "public.sms_receipts", "staff.invitation", "staff.password_forgotten",
            "staff.password_new", "staff.password_sent", "staff.sign_in", "staff.sign_out",
        ],
        PUBLIC,
    ),
    **dict.fromkeys(
        [
            "filer.belonging", "filer.check", "filer.counter_paper", "filer.counter_phone", "filer.counter_print",
            "filer.counter_sheet", "filer.counter_sheet_pdf", "filer.counter_tablet", "filer.own_phone",
            "filer.contact", "filer.dispute", "filer.disputed",
            "filer.disputed_deed", "filer.draft_home",
            "filer.later", "filer.licence", "filer.person", "filer.phone", "filer.pledge_reading", "filer.receipt",
            "filer.resume", "filer.vehicle",
        ],
        DRAFT,
    ),
    **dict.fromkeys(
        [
            "filer.case", "filer.case_deed", "filer.case_open",
            "filer.confirmation", "filer.confirmation_pdf", "filer.entry_leave", "filer.entry_stay",
            "filer.entry_stay_behind",
            "filer.filing_correct", "filer.filing_disown", "filer.filing_withdraw", "filer.owner_answer",
            "filer.pledge", "filer.pledge_pdf", "filer.receipt_of", "filer.receipt_of_pdf", "filer.status",
            "filer.status_add", "filer.status_change", "filer.status_move", "filer.status_move_to",
            "filer.ask_owner", "filer.driver_release", "filer.drivers", "filer.invited",
            "filer.status_close", "filer.status_code", "filer.status_data",
            "filer.consent_again", "filer.consent_withdraw", "filer.my_data_copy", "filer.my_data_paper",
            "filer.my_data_paper_pdf", "filer.request_new", "filer.request_show",
        ],
        STATUS,
    ),
    **dict.fromkeys(
        [
            "staff.account", "staff.begin",
            "staff.second_factor_change", "staff.session_keep",
            "staff.language_choose", "staff.password_change", "staff.session_end",
            "staff.switch_unit", "staff.units_choice",
        ],
        SIGNED_IN,
    ),
    **dict.fromkeys(
        [
            "platform.account", "platform.account_classes", "platform.account_disable", "platform.account_enable",
            "platform.account_end", "platform.accounts_review",
            "platform.accounts", "platform.accounts_find", "platform.accounts_invite", "platform.accounts_revoke",
        ],
        "platform accounts:manage",
    ),
    **dict.fromkeys(
        [
            "platform.security", "platform.security_account", "platform.security_approve", "platform.security_find",
            "platform.security_password", "platform.security_roles", "platform.security_second_factor",
        ],
        "platform accounts:secure",
    ),
    **{f"staff.step_{step}": f"arriving {step}" for step in ("code", "enrol", "recovery", "password")},
    **dict.fromkeys(["lane_api.openapi_document", "lane_api.signing_key"], PUBLIC),
    **dict.fromkeys(
        [
            "lane_api.changes", "lane_api.check", "lane_api.checks", "lane_api.driver_checks", "lane_api.renew_key",
            "lane_api.snapshot",
        ],
        LANE,
    ),
    **dict.fromkeys(["lane.channel", "lane.check"], "platform lanes:check"),
    **dict.fromkeys(
        [
            "platform.lane_client", "platform.lane_client_change", "platform.lane_client_end",
            "platform.lane_client_new", "platform.lane_clients", "platform.lane_key", "platform.lane_key_end",
            "platform.lane_key_rotate",
        ],
        "platform lanes:manage",
    ),
    **dict.fromkeys(
        [
            "platform.erasure", "platform.erasure_confirm", "platform.erasure_person", "platform.erasure_propose",
            "platform.erasure_reject", "platform.erasures", "platform.hold_lift", "platform.hold_place",
        ],
        "platform people:erase",
    ),
    "platform.data_register": "platform data:read",
    **dict.fromkeys(
        [
            "platform.audit", "platform.audit_act", "platform.audit_alerts", "platform.audit_alerts_read",
            "platform.audit_figures", "platform.audit_readings",
        ],
        "platform audit:read",
    ),
    **dict.fromkeys(["platform.case", "platform.case_evidence", "platform.cases"], "platform cases:read"),
    "platform.case_decide": "platform cases:decide",
    **dict.fromkeys(
        [
            "platform.rights_request", "platform.rights_request_new", "platform.rights_request_paper",
            "platform.rights_requests",
        ],
        "platform rights:answer",
    ),
    **dict.fromkeys(
        [
            "platform.incident", "platform.incident_act", "platform.incident_letter", "platform.incident_new",
            "platform.incident_record", "platform.incidents_register",
        ],
        "platform incidents:manage",
    ),
    **dict.fromkeys(
        [
            "platform.assessment", "platform.assessment_new", "platform.assessment_paper",
            "platform.assessments_register",
        ],
        "platform assessments:manage",
    ),
    "platform.unit_contract": "platform units:decide",
    **dict.fromkeys(["platform.inbox", "platform.inbox_read"], "platform platform:inbox"),
    **dict.fromkeys(["platform.unit", "platform.unit_progress", "platform.units"], "platform units:read"),
    **dict.fromkeys(
        ["platform.unit_certify", "platform.unit_decide", "platform.unit_paper", "platform.unit_reinstate"],
        "platform units:decide",
    ),
    **dict.fromkeys(
        [
            "platform.proposal", "platform.proposal_confirm", "platform.proposal_paper", "platform.proposal_progress",
            "platform.proposal_reject", "platform.proposal_take_up", "platform.proposal_withdraw",
            "platform.proposals", "platform.unit_deregister", "platform.unit_hand_over",
        ],
        "platform units:decide",
    ),
    **dict.fromkeys(
        [
            "platform.sanction", "platform.sanction_batch", "platform.sanction_batch_faults", "platform.sanctions",
            "platform.sanctions_find", "platform.sanctions_template",
        ],
        "platform sanctions:read",
    ),
    **dict.fromkeys(
        [
            "platform.sanction_act", "platform.sanction_batch_act", "platform.sanction_batch_reject",
            "platform.sanction_decide", "platform.sanction_near", "platform.sanction_new", "platform.sanctions_import",
        ],
        "platform sanctions:decide",
    ),
    **dict.fromkeys(["platform.unlock", "platform.unlock_account"], "platform accounts:unlock"),
    **dict.fromkeys(
        ["unit.code", "unit.code_paper", "unit.code_paper_order", "unit.code_paper_pdf", "unit.code_picture"],
        "unit code:read",
    ),
    **dict.fromkeys(["unit.code_ceiling", "unit.code_revoke", "unit.code_rotate"], "unit code:manage"),
    **dict.fromkeys(["unit.case", "unit.cases"], "unit cases:read"),
    **dict.fromkeys(["unit.case_claim", "unit.case_deed"], "unit cases:answer"),
    **dict.fromkeys(["unit.filing", "unit.filings", "unit.filings_result"], "unit filings:read"),
    **dict.fromkeys(
        ["unit.filing_act", "unit.filing_vehicle", "unit.filings_bulk", "unit.filings_choose"], "unit filings:verify"
    ),
    "unit.filing_numbers": "unit number:read",
    **dict.fromkeys(
        ["unit.passlist_export", "unit.passlist_export_page", "unit.passlist_export_pdf"], "unit list:export"
    ),
    **dict.fromkeys(
        [
            "unit.leavers_end", "unit.passlist_leave", "unit.roster", "unit.roster_end", "unit.roster_enter",
            "unit.roster_left", "unit.staff_sheet", "unit.staff_sheet_drop", "unit.staff_sheet_errors",
            "unit.staff_sheet_send", "unit.staff_sheet_template",
        ],
        "unit people:manage",
    ),
    **dict.fromkeys(["unit.person_code", "unit.person_phone"], "unit phones:replace"),
    **dict.fromkeys(["unit.counter", "unit.counter_correct", "unit.counter_told"], "unit counter:help"),
    "unit.person_link": "unit people:link",
    **dict.fromkeys(["unit.home", "unit.standing"], "unit unit:read"),
    **dict.fromkeys(
        ["unit.proposal_withdraw", "unit.standing_change", "unit.standing_close", "unit.standing_hand_over"],
        "unit unit:edit",
    ),
    **dict.fromkeys(["unit.standing_contact", "unit.standing_correct", "unit.standing_withdraw"], "unit unit:edit"),
    **dict.fromkeys(["unit.campaign", "unit.campaigns"], "unit list:read"),
    "unit.campaign_confirm": "unit entries:confirm",
    **dict.fromkeys(["unit.campaign_cancel", "unit.campaign_new"], "unit campaigns:start"),
    **dict.fromkeys(
        ["platform.campaign", "platform.campaign_cancel", "platform.campaign_new", "platform.campaigns"],
        "platform campaigns:manage",
    ),
    **dict.fromkeys(
        [
            "platform.edition", "platform.edition_act", "platform.edition_new", "platform.edition_reject",
            "platform.edition_subject", "platform.editions",
        ],
        "platform texts:manage",
    ),
    **dict.fromkeys(["platform.figures", "platform.figures_class"], "platform figures:read"),
    **dict.fromkeys(
        [
            "platform.announcement", "platform.announcement_act", "platform.announcement_new",
            "platform.announcements",
        ],
        "platform announcements:manage",
    ),
    **dict.fromkeys(
        ["platform.search", "platform.search_open", "platform.search_result", "platform.search_results"],
        "platform list:search",
    ),
    **dict.fromkeys(["unit.inbox", "unit.inbox_read"], "unit inbox:read"),
    **dict.fromkeys(
        [
            "unit.passlist", "unit.passlist_entry", "unit.passlist_paper", "unit.passlist_paper_pdf",
            "unit.passlist_removed",
        ],
        "unit list:read",
    ),
    **dict.fromkeys(
        ["unit.passlist_choose", "unit.passlist_remove", "unit.passlist_remove_chosen"], "unit entries:remove"
    ),
    **dict.fromkeys(["unit.team", "unit.team_end", "unit.team_invite", "unit.team_revoke"], "unit team:manage"),
    **dict.fromkeys(
        [
            "unit.upload", "unit.upload_lines", "unit.upload_pledge", "unit.upload_pledge_pdf", "unit.upload_scan",
            "unit.upload_sheet", "unit.upload_sheet_pdf", "unit.uploads",
        ],
        "unit uploads:read",
    ),
    **dict.fromkeys(
        ["unit.upload_abandon", "unit.upload_new", "unit.upload_prepare", "unit.upload_print", "unit.upload_sign"],
        "unit uploads:make",
    ),
    **dict.fromkeys(
        ["unit.vehicle_add", "unit.vehicle_end", "unit.vehicle_import", "unit.vehicle_plate", "unit.vehicle_unassign"],
        "unit register:edit",
    ),
    **dict.fromkeys(["unit.vehicle", "unit.vehicle_template", "unit.vehicles"], "unit register:read"),
    **dict.fromkeys(
        ["unit.vehicle_drivers", "unit.vehicle_assign_drivers", "unit.passlist_vehicles"], "unit filings:verify"
    ),
}  # fmt: skip
