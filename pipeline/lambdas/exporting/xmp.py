"""A ZIP archive of XMP sidecars: keywords that photo managers read beside each photo.

`dc:subject` has every keyword. `lr:hierarchicalSubject` has the path to each, such as
"animal|dog|golden retriever", as Lightroom, digiKam and darktable read it.
https://developer.adobe.com/xmp/docs/XMPNamespaces/
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from pipeline.core.labels import Label
from pipeline.core.search.words import SHOWN_CONFIDENCE
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.archive import Archive, choose_name
from pipeline.lambdas.exporting.labels import has_result

_NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}
for _prefix, _uri in _NAMESPACES.items():
    ElementTree.register_namespace(_prefix, _uri)

_PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n',
    b'\n<?xpacket end="w"?>\n',
)
"""What begins and ends a packet of XMP."""


class XmpArchive:
    """A sidecar for each photo, named after it: beach.jpg.xmp."""

    content_type = "application/zip"

    def __init__(self) -> None:
        self._archive = Archive()

    def includes(self, task: Task) -> bool:
        return has_result(task)

    def begin(self) -> bytes:
        return b""

    def add(self, task: Task) -> bytes:
        labels = [it for it in task.get_labels() if it.confidence >= SHOWN_CONFIDENCE]
        name = choose_name(task, self._archive, ".xmp")
        return self._archive.add(name, build_sidecar(labels), task.created_at, compress=True)

    def end(self) -> bytes:
        return self._archive.end()

    def save(self) -> Any:
        return self._archive.save()

    def load(self, saved: Any) -> None:
        self._archive.load(saved)


def build_sidecar(labels: list[Label]) -> bytes:
    """The sidecar of a photo with these labels."""
    paths = dict.fromkeys(path for label in labels for path in _list_paths(label))
    words = dict.fromkeys(word for path in paths for word in path)
    meta = ElementTree.Element(_name("x:xmpmeta"))
    rdf = ElementTree.SubElement(meta, _name("rdf:RDF"))
    about = {_name("rdf:about"): ""}
    description = ElementTree.SubElement(rdf, _name("rdf:Description"), about)
    _add_bag(description, "dc:subject", list(words))
    _add_bag(description, "lr:hierarchicalSubject", ["|".join(path) for path in paths])
    begin, end = _PACKET
    sidecar: bytes = ElementTree.tostring(meta, encoding="utf-8")
    return begin + sidecar + end


def _list_paths(label: Label) -> list[tuple[str, ...]]:
    """The path of a label and of each of its parents, widest name first."""
    names = [_clean(it.name) for it in reversed(label.parents)] + [_clean(label.name)]
    return [tuple(names[:length]) for length in range(1, len(names) + 1)]


def _clean(name: str) -> str:
    """A vertical bar separates the names of a path."""
    return name.replace("|", "/")


def _add_bag(parent: ElementTree.Element, name: str, items: list[str]) -> None:
    bag = ElementTree.SubElement(ElementTree.SubElement(parent, _name(name)), _name("rdf:Bag"))
    for item in items:
        ElementTree.SubElement(bag, _name("rdf:li")).text = item


def _name(short: str) -> str:
    prefix, _, name = short.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{name}"
