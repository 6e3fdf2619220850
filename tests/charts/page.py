"""Reads pages back: the tags of an HTML page, the marks of a drawing."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np

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
        self.source = svg
        self.root = ElementTree.fromstring(svg)
        self.prefix = self.root.find("title").attrib["id"].removesuffix("title")
        self.width, self.height = (float(part) for part in self.root.attrib["viewBox"].split()[2:])

    def texts(self):
        return [(float(t.attrib["x"]), float(t.attrib["y"]), t.text) for t in self.root.iter("text")]

    def mark(self, name):
        return next(e for e in self.root.iter() if e.attrib.get("id") == self.prefix + name)

    def corners(self, name):
        return corners(self.mark(name))

    def segments(self, name):
        """The ends of the separate strokes of a mark."""
        ends = self.corners(name)
        return list(zip(ends[::2], ends[1::2], strict=True))

    def circles(self):
        """The round marks without an id, in the order drawn."""
        paths = [path for path in self.root.iter("path") if "id" not in path.attrib]
        return [path for path in paths if path.attrib["d"].count("c") == 8]

    def spread(self, name):
        """The least and the greatest x of a mark."""
        places = [x for x, _ in self.corners(name)]
        return min(places), max(places)

    def x_to_data(self, *, log=False):
        return self._to_data("tick-", 0, log=log)

    def y_to_data(self, *, log=False):
        return self._to_data("rung-", 1, log=log)

    def _to_data(self, start, axis, *, log):
        """Read an axis back: the straight line from places to the values on the tick labels."""
        names = [name for name in self.names(start) if name.endswith("-label")]
        places = [self.corners(name.removesuffix("-label"))[0][axis] for name in names]
        values = [float(self.mark(name).text.replace("\u2212", "-").replace(",", "")) for name in names]
        assert len(values) >= 3
        slope, zero = np.polyfit(places, np.log(values) if log else values, 1)
        return (lambda place: np.exp(zero + slope * place)) if log else (lambda place: zero + slope * place)

    def names(self, start=""):
        ids = (e.attrib.get("id", "").removeprefix(self.prefix) for e in self.root.iter())
        return [name for name in ids if name and name.startswith(start)]


def corners(path):
    """The points of a path in order, those that bend a curve with them."""
    found, (x, y), start = [], (0.0, 0.0), (0.0, 0.0)
    for letter, words in re.findall("([a-zA-Z])([^a-zA-Z]*)", path.attrib["d"]):
        numbers = [float(word) for word in re.findall(r"-?[\d.]+", words)]
        if letter == "z":
            x, y = start
            continue
        if letter in "hv":
            numbers = [numbers[0], 0.0] if letter == "h" else [0.0, numbers[0]]
        from_x, from_y = (0.0, 0.0) if letter.isupper() else (x, y)
        places = [(from_x + a, from_y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        places = [(round(a, 6), round(b, 6)) for a, b in places]
        found += places
        x, y = places[-1]
        start = (x, y) if letter in "mM" else start
    return found


def centre(path):
    """The middle of a mark."""
    places = np.array(corners(path))
    return tuple((places.min(axis=0) + places.max(axis=0)) / 2)
