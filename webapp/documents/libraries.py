"""What rendering needs of the system, asked once when the worker starts."""

import shutil
import subprocess

from webapp.documents.fonts import COVERAGE_FILE, FACE_FILES, FONT_FOLDER, SYSTEM_FAMILIES

DEBIAN_PACKAGES = (
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk fonts-hanazono fonts-babelstone-han"
)


def check_rendering_libraries() -> list[str]:
    """What is missing for making PDFs, one plain sentence each; empty when all is there.

    Loads WeasyPrint, so only the worker may call it.
    """
    return [*_missing_libraries(), *_missing_faces(), *_missing_families()]


def _missing_libraries() -> list[str]:
    try:
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError as error:
        return [f"PDFs cannot be made: {error}. On Debian: apt-get install {DEBIAN_PACKAGES}"]
    if harfbuzz_subset is None:
        return [
            "PDFs would take about fifty times as long: libharfbuzz-subset is missing, and libpango does not bring it. "
            "On Debian: apt-get install libharfbuzz-subset0"
        ]
    return []


def _missing_faces() -> list[str]:
    files = [*FACE_FILES, COVERAGE_FILE.name]
    return [f"static/fonts/{name} is missing from this copy" for name in files if not (FONT_FOLDER / name).is_file()]


def _missing_families() -> list[str]:
    if shutil.which("fc-list") is None:
        return ["Fonts cannot be checked: fc-list is missing. On Debian: apt-get install fontconfig"]
    listed = subprocess.run(["fc-list", "--format=%{family}\n"], check=True, capture_output=True, text=True)  # noqa: S607
    installed = {name for line in listed.stdout.splitlines() for name in line.split(",")}
    missing = [family for family in SYSTEM_FAMILIES if family not in installed]
    if not missing:
        return []
    return [
        f"Rare characters of names would print as nothing: fonts {', '.join(missing)} are not installed. "
        "On Debian: apt-get install fonts-noto-cjk fonts-hanazono fonts-babelstone-han fonts-dejavu-core"
    ]
