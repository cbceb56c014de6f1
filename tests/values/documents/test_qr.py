"""Codes decode to the address they were made from, whatever their form."""

import io
import re

import numpy
import pytest
import zxingcpp
from PIL import Image

from webapp.documents import qr

ADDRESS = "https://erxian.example/q/DEMQ0001"


@pytest.mark.parametrize("level", ["M", "Q"])
def test_png_decodes(level):
    image = Image.open(io.BytesIO(qr.png(ADDRESS, level=level, scale=3)))

    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [ADDRESS]


@pytest.mark.parametrize("level", ["M", "Q"])
def test_svg_path_draws_exactly_the_modules(level):
    modules = qr.matrix(ADDRESS, level=level)
    side = len(modules) + 2 * qr.QUIET_ZONE

    drawn = numpy.zeros((side, side), dtype=bool)
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", qr.path(modules)):
        assert length == back
        drawn[int(y), int(x) : int(x) + int(length)] = True

    assert (drawn[4:-4, 4:-4] == numpy.array(modules)).all()
    assert drawn.sum() == numpy.array(modules).sum()


def test_svg_names_where_it_leads_and_stays_small():
    made = qr.svg(ADDRESS, level="M", title='<"申報">', dark_mm=105)

    assert "<title>&lt;&#34;申報&#34;&gt;</title>" in made
    assert re.search(r'width="([\d.]+)mm" height="\1mm"', made)
    assert len(made) < 6000
    assert "style=" not in made
