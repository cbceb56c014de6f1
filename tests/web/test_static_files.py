"""Style and script travel compressed, by copies that are never older than their file."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from flask import Flask

from tests.conftest import make_settings
from webapp.ui import static_files


def test_what_the_server_lays_down_is_what_it_answers(tmp_path):
    shutil.copytree("static/css", tmp_path / "css")
    style = Path(tmp_path / "css" / "site.css")
    static_files.compress(tmp_path)
    app = Flask("bare", static_folder=str(tmp_path))
    app.config["SETTINGS"] = make_settings(tmp_path, "sqlite:///:memory:")
    static_files.install(app)

    answer = app.test_client().get("/static/css/site.css", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == style.read_bytes()
    assert len(answer.data) * 3 < style.stat().st_size


def test_a_changed_file_is_compressed_anew(tmp_path):
    script = tmp_path / "site.js"
    for text in ("let a = 1;\n" * 200, "let b = 2;\n" * 200):
        script.write_text(text)
        static_files.compress(tmp_path)
        assert gzip.decompress((tmp_path / "site.js.gz").read_bytes()).decode() == text
