"""What stands for a scanned certificate or letter in the demo."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def sample() -> bytes:
    page = Image.new("RGB", (620, 440), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, 600, 420), outline="black", width=3)
    pen.text((240, 200), "SAMPLE CERTIFICATE", fill="black")
    output = io.BytesIO()
    page.save(output, "PNG")
    return output.getvalue()
