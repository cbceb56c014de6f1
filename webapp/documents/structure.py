"""The structure tree of our PDFs, mended before they are written.

WeasyPrint tags what stands in the page margins without hanging it into the tree, starts a new table on every page,
wraps each run of text in elements of its own and gives header cells no scope. A screen reader should hear one table
whose columns have names, and nothing of head and foot; and an annex of 10,000 rows should not carry 200,000 elements.
"""

from collections.abc import Iterator
from typing import Any

import pydyf

# Wrappers that say nothing: what they hold belongs to the element around them.
_WRAPPERS = ("/NonStruct", "/Span", "/Div", "/Art", "/Sect")

# Elements that hold other elements and never text of their own.
_GROUPS = ("/Document", "/Art", "/Sect", "/L", "/LI", "/Table", "/THead", "/TBody", "/TR")


class _Tree:
    """The structure elements of one pydyf document, found by reference."""

    def __init__(self, made: pydyf.PDF) -> None:
        self.made = made
        self.root = self.at(made.catalog["StructTreeRoot"])
        self.document = self.at(self.root["K"][0])

    def at(self, reference: bytes) -> Any:
        """The object a reference leads to."""
        return self.made.objects[int(reference.split()[0])]

    def kids(self, element: Any) -> list[Any]:
        """Child elements, without marked-content numbers and object references."""
        children = [self.at(kid) for kid in element["K"] if isinstance(kid, bytes)]
        return [child for child in children if child.get("Type") == "/StructElem"]

    def walk(self, element: Any) -> Iterator[Any]:
        """``element`` and every element below it, in reading order."""
        yield element
        for kid in self.kids(element):
            yield from self.walk(kid)

    def give(self, element: Any, kids: list[Any]) -> None:
        """Make ``kids`` (numbers, references) the content of ``element``."""
        element["K"] = pydyf.Array(kids)
        for kid in self.kids(element):
            kid["P"] = element.reference


#: Cells in order: whether the cell is a row header, and the numbers of its marked content.
TaggedRow = list[tuple[bool, list[int]]]


class _Written(pydyf.Object):
    """An element as the file has it: a dictionary for each of 70,000 takes three times as long."""

    data = b""


def mend(made: pydyf.PDF, *, continued: bool = False) -> None:
    """Put the structure tree of a document in order, in place; called just before the file is written.

    ``continued``: the rows will be joined to the table of an earlier file, so the head is only repeated for the eye.
    """
    tree = _Tree(made)
    _flatten(tree, tree.document)
    _join_tables(tree)
    if continued:
        table = tree.kids(tree.document)[-1]
        tree.give(table, table["K"][-1:])
    for element in list(tree.walk(tree.document)):
        if element["S"] == "/L":
            _pair_facts(tree, element)
        elif element["S"] in ("/THead", "/TBody"):
            _scope_headers(tree, element)
        elif element["S"] == "/Figure":
            _place_figure(tree, element)
    _map_content(tree)


def add_rows(made: pydyf.PDF, pages: list[list[TaggedRow]]) -> None:
    """Hang rows, drawn without WeasyPrint's tags, into the last table of a document that is mended: one list for each
    page, whose other content comes before them."""
    tree = _Tree(made)
    table = tree.at(tree.document["K"][-1])
    body = tree.at(table["K"][-1])
    numbers = tree.at(tree.root["ParentTree"])["Nums"]
    for position, (page, rows) in enumerate(zip(made.page_references, pages, strict=True)):
        owners = numbers[2 * position + 1]
        for cells in rows:
            row = _Written()
            made.add_object(row)
            held = []
            for header, marks in cells:
                cell = _Written()
                made.add_object(cell)
                held.append(cell.reference)
                kind = b"/TH/A<</O/Table/Scope/Row>>" if header else b"/TD"
                content = b" ".join(b"%d" % mark for mark in marks)
                if len(marks) != 1:
                    content = b"[%b]" % content
                cell.data = b"<</S%b/P %b/Pg %b/K %b>>" % (kind, row.reference, page, content)
                for mark in marks:
                    owners.extend([b"null"] * (mark - len(owners)))
                    owners.append(cell.reference)
            row.data = b"<</S/TR/P %b/Pg %b/K[%b]>>" % (body.reference, page, b" ".join(held))
            body["K"].append(row.reference)


def _flatten(tree: _Tree, element: Any) -> None:
    """Lift what stands in meaningless wrappers into the element that means something."""
    lifted: list[Any] = []
    for kid in element["K"]:
        child = tree.at(kid) if isinstance(kid, bytes) else None
        if child is None or child.get("Type") != "/StructElem":
            lifted.append(kid)
            continue
        _flatten(tree, child)
        holds_text = any(isinstance(below, int) for below in child["K"])
        if child["S"] not in _WRAPPERS:
            lifted.append(kid)
        elif holds_text and element["S"] in _GROUPS:
            _stand_alone(tree, element, child, lifted)
        else:
            lifted.extend(child["K"])
    tree.give(element, lifted)


def _stand_alone(tree: _Tree, group: Any, text: Any, lifted: list[Any]) -> None:
    """Text right inside a group becomes a paragraph of it; the lines of a list item make up one body."""
    item = group["S"] == "/LI"
    before = tree.at(lifted[-1]) if item and lifted else None
    if before is not None and before["S"] == "/LBody":
        tree.give(before, [*before["K"], *text["K"]])
        return
    text["S"] = "/LBody" if item else "/P"
    lifted.append(text.reference)


def _join_tables(tree: _Tree) -> None:
    """One table where the page break made several: its later heads are only repeated for the eye."""
    kept: list[Any] = []
    for child in tree.kids(tree.document):
        if kept and child["S"] == kept[-1]["S"] == "/Table":
            body = tree.kids(kept[-1])[-1]
            rows = [row for part in tree.kids(child) if part["S"] == "/TBody" for row in tree.kids(part)]
            tree.give(body, [*body["K"], *(row.reference for row in rows)])
        else:
            kept.append(child)
    tree.give(tree.document, [child.reference for child in kept])


def _pair_facts(tree: _Tree, facts: Any) -> None:
    """A ``dl`` comes as items of one body each: name and value become label and body of one item."""
    items = tree.kids(facts)
    bodies = [tree.kids(item) for item in items]
    if len(items) % 2 or any(len(body) != 1 or body[0]["S"] != "/LBody" for body in bodies):
        return
    pairs = []
    for item, name, value in zip(items[::2], bodies[::2], bodies[1::2], strict=True):
        name[0]["S"] = "/Lbl"
        tree.give(item, [name[0].reference, value[0].reference])
        pairs.append(item.reference)
    tree.give(facts, pairs)


def _scope_headers(tree: _Tree, part: Any) -> None:
    """Header cells say what they head (column or row), instead of every cell listing its headers by name."""
    scope = "/Column" if part["S"] == "/THead" else "/Row"
    for row in tree.kids(part):
        for cell in tree.kids(row):
            cell.pop("ID", None)
            attributes = cell["A"]
            attributes.pop("Headers", None)
            if cell["S"] == "/TH":
                attributes["Scope"] = scope
            elif len(attributes) == 1:
                del cell["A"]


def _place_figure(tree: _Tree, figure: Any) -> None:
    """Bounding box in points from the lower left, where WeasyPrint leaves CSS pixels from the upper left."""
    height = tree.at(figure["Pg"])["MediaBox"][3]
    left, top, right, bottom = (0.75 * edge for edge in figure["A"]["BBox"])
    figure["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))


def _map_content(tree: _Tree) -> None:
    """Map each page's content to the elements in the tree; what belongs to none is decoration of the page."""
    reached = list(tree.walk(tree.document))
    owners: dict[bytes, dict[int, bytes]] = {}
    for element in reached:
        for kid in element["K"]:
            if isinstance(kid, int):
                owners.setdefault(element["Pg"], {})[kid] = element.reference
    numbers = tree.at(tree.root["ParentTree"])["Nums"]
    for reference in tree.made.page_references:
        page = tree.at(reference)
        owned = owners.get(reference, {})
        last = max(owned, default=-1)
        position = numbers.index(page["StructParents"])
        numbers[position + 1] = pydyf.Array([owned.get(number, b"null") for number in range(last + 1)])
        _make_artifacts(tree.at(page["Contents"]), owned)
    kept = {id(element) for element in reached}
    for item in tree.made.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem" and id(item) not in kept:
            item.clear()
    for element in reached:
        # Both are optional, and an annex has 70,000 elements.
        del element["Type"]
        if len(element["K"]) == 1 and isinstance(element["K"][0], int):
            element["K"] = element["K"][0]


def _make_artifacts(stream: pydyf.Stream, owned: dict[int, bytes]) -> None:
    """Turn marked content that no element owns into artifacts, which a screen reader passes over."""
    items = stream.stream
    for position, item in enumerate(items):
        if isinstance(item, pydyf.Dictionary) and "MCID" in item and item["MCID"] not in owned:
            items[position - 1 : position + 2] = ["/Artifact", b"", b"BMC"]
