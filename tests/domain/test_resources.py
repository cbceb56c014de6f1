"""What was opened is closed: files, sockets, connections, by whoever opened them and before the collector has to."""

import gc
import threading
import warnings
from dataclasses import replace

from tests.builders import filings, gateway, units, uploads
from tests.builders.delivery import drain
from tests.builders.sheets import workbook
from webapp import database
from webapp.backups import creating
from webapp.domain.files import sheets
from webapp.domain.units.models import Unit


def test_nothing_is_left_open(db, tmp_path):
    """Filed, uploaded, documents drawn, texts sent, a copy made, a sheet read, and a thread that came and went."""

    def other_thread() -> None:
        database.connect()
        with database.transaction():
            Unit.update(version=Unit.version).execute()
        database.disconnect()

    sms = gateway.Gateway()
    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        built = units.certified_unit()
        uploads.uploaded(built, uploads.verified(built, filings.filed(built)))
        drain(replace(db, sms_url=sms.url))
        creating.create(replace(db, backup_keys=((1, b"b" * 32),), backup_dir=tmp_path / "copies"))
        assert sheets.read(workbook(("陳大文",), heads=("姓名",)), (sheets.Column("name", "姓名"),)).rows
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()
        gc.collect()
    sms.stop()

    assert [str(one.message) for one in seen if issubclass(one.category, ResourceWarning)] == []
