"""QR codes of addresses, as a compact SVG path and as PNG."""

import io
from itertools import groupby

from markupsafe import Markup

# Q where paper gets dirty (posters), M elsewhere; no logo in the code, so H is not needed (decision with measurements:
# M survives small stains, Q patches of a tenth of the area).
LEVELS = {"M": "ERROR_CORRECT_M", "Q": "ERROR_CORRECT_Q"}

# The standard asks for four light modules on every side; scanners fail first where text runs into them.
QUIET_ZONE = 4


def matrix(text: str, *, level: str = "M") -> list[list[bool]]:
    """Modules of the code of ``text``, dark as true, without quiet zone. ``level`` is ``M`` or ``Q``."""
    import qrcode  # late: it brings Pillow along, and a web process starts without

    code = qrcode.QRCode(error_correction=getattr(qrcode, LEVELS[level]), border=0)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


def path(modules: list[list[bool]]) -> str:
    """SVG path data: one rectangle for each horizontal run of dark modules, one unit a module, quiet zone included."""
    drawn = []
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                drawn.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z")
            x += length
    return "".join(drawn)


def svg(text: str, *, level: str = "M", title: str, dark_mm: float | None = None) -> Markup:
    """Inline SVG of the code of ``text`` on white; ``title`` says to a screen reader where it leads.

    ``dark_mm`` fixes the width of the dark square in millimetres (the quiet zone comes on top of it); without it the
    picture takes the size its place gives it.
    """
    modules = matrix(text, level=level)
    side = len(modules) + 2 * QUIET_ZONE
    size = Markup("")
    if dark_mm is not None:
        whole = round(dark_mm * side / len(modules), 2)
        size = Markup(' width="{whole}mm" height="{whole}mm"').format(whole=whole)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="hq-qr" role="img" viewBox="0 0 {side} {side}"{size}>'
        '<title>{title}</title><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#13272e" d="{path}"/></svg>'
    ).format(side=side, size=size, title=title, path=path(modules))


def png(text: str, *, level: str = "M", scale: int = 8) -> bytes:
    """One-bit PNG of the code of ``text`` with its quiet zone, ``scale`` pixels a module."""
    from PIL import Image

    modules = matrix(text, level=level)
    side = len(modules) + 2 * QUIET_ZONE
    image = Image.new("1", (side, side), 1)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + QUIET_ZONE, y + QUIET_ZONE), 0)
    output = io.BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(output, "PNG", optimize=True)
    return output.getvalue()
