"""Reads pages back: the tags of an HTML page, the marks of a drawing."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"br", "img", "input", "path"}


class Tags(HTMLParser):
    """The start tags of a page in order; fails on tags that are not closed in order."""

    def __init__(self, page):
        super().__init__()
        self.opened, self.depth = [], []
        self.feed(page)
        self.close()
        assert not self.depth

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))
        if tag not in VOID:
            self.depth.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.depth.pop() == tag

    @property
    def names(self):
        return {tag for tag, _ in self.opened}

    def all(self, tag):
        return [attrs for name, attrs in self.opened if name == tag]


class Drawing:
    """An inline SVG: its texts, and its named marks as lists of corners."""

    def __init__(self, svg):
        self.root = ElementTree.fromstring(svg)
        self.prefix = self.root.find("title").attrib["id"].removesuffix("title")
        self.width, self.height = (float(part) for part in self.root.attrib["viewBox"].split()[2:])

    def texts(self):
        return [(float(t.attrib["x"]), float(t.attrib["y"]), t.text) for t in self.root.iter("text")]

    def mark(self, name):
        return next(e for e in self.root if e.attrib.get("id") == self.prefix + name)

    def corners(self, name):
        pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", self.mark(name).attrib["d"])
        return [(float(x), float(y)) for x, y in pairs]

    def names(self, start=""):
        ids = (e.attrib.get("id", "").removeprefix(self.prefix) for e in self.root)
        return [name for name in ids if name and name.startswith(start)]
