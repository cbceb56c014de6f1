"""Is a page fit for everybody: axe, no sideways scrolling on small phones and with large text, targets for fingers,
references in one piece."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()
RULES = """
async () => {
  const answer = await axe.run(document, {
    runOnly: {
      type: "tag",
      values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    rules: {"color-contrast-enhanced": {enabled: true}},
    resultTypes: ["violations"],
  });
  const places = one => one.nodes.map(node => node.target.join(" ")).slice(0, 3).join(" | ");
  return answer.violations.map(one => one.id + " " + places(one));
}
"""
#: Stand-alone controls lower or narrower than 44 pixels. Links inside a sentence are as high as its line; a box or
#: round counts with the row that belongs to it.
SMALL_TARGETS = """
() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary"
)].filter(part => {
  const style = getComputedStyle(part);
  if (style.visibility === "hidden" || !part.offsetParent || part.closest(".hq-sr, .hq-skip")) return false;
  if (part.tagName === "A" && style.display === "inline") {
    const around = part.closest("p, dd, td, th, li");
    if (around && around.textContent.trim().length > part.textContent.trim().length) return false;
  }
  const boxes = [part, part.closest(".hq-choice")].filter(Boolean).map(one => one.getBoundingClientRect());
  return !boxes.some(box => box.height >= 43.5 && box.width >= 43.5);
}).map(part => part.tagName + " " + (part.id || part.name || part.textContent.trim().slice(0, 20)) + " "
  + Math.round(part.getBoundingClientRect().width) + "×" + Math.round(part.getBoundingClientRect().height))
"""
WIDER_THAN_SCREEN = """
large => {
  document.documentElement.classList.toggle("hq-large", large);
  return document.documentElement.scrollWidth - innerWidth;
}
"""
#: References (HQ-7K2F-93QD) that a line breaks at a hyphen, or may: the style around each keeps it in one piece.
BREAKABLE = r"""
() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, around = text.parentElement;
    if (!around.offsetParent || around.closest("script, style, textarea, option")) continue;
    const style = getComputedStyle(around), whole = document.createRange();
    for (const {0: reference, index} of text.data.matchAll(/\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/g)) {
      whole.setStart(text, index);
      whole.setEnd(text, index + reference.length);
      const kept = style.whiteSpace === "nowrap" || style.display === "inline-block";
      if (!kept || whole.getClientRects().length > 1) found.push("breaks in two: " + reference);
    }
  }
  return found;
}
"""
HEIGHT = 844


class Inspector:
    """Looks at one page after another and collects what is wrong, by the name of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: dict[str, list[str]] = {}
        self.seen: list[str] = []
        self._width = (page.viewport_size or {"width": 390})["width"]

    def report(self) -> str:
        """What is wrong, a line each; "" when nothing is."""
        return "\n".join(f"{name}: {one}" for name, found in self.complaints.items() for one in found)

    def at(self, path: str, status: int = 200) -> None:
        """The page at an address."""
        answer = self.page.goto(path)
        assert answer is not None
        self.look(path, status, answer.status)

    def after(self, name: str, act: Callable[[], object], status: int = 200) -> None:
        """The page that an act leads to, e.g. a refused form."""
        with self.page.expect_navigation() as moved:
            act()
        self.look(name, status, moved.value.status)

    def look(self, name: str, status: int = 200, answered: int = 200) -> None:
        found = [] if answered == status else [f"answered {answered}"]
        self.page.evaluate(AXE)
        found += self.page.evaluate(RULES)
        for width in (320, 390):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for large in (True, False):
                wider = self.page.evaluate(WIDER_THAN_SCREEN, large)
                if wider > 0:
                    found.append(f"{wider} pixels wider than {width}{' with large text' if large else ''}")
        found += self.page.evaluate(SMALL_TARGETS) + self.page.evaluate(BREAKABLE)
        if self._width != 390:
            self.page.set_viewport_size({"width": self._width, "height": HEIGHT})
        self.seen.append(name)
        if found:
            self.complaints[name] = found
