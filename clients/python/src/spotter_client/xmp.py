"""XMP sidecars: keywords that photo managers read from a file beside a photo.

`dc:subject` has every keyword, `lr:hierarchicalSubject` the path to each, such as
"animal|dog|golden retriever". https://developer.adobe.com/xmp/docs/XMPNamespaces/
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from spotter_client.models import Label

_NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = b'\n<?xpacket end="w"?>\n'


def find_sidecar(photo: Path) -> Path:
    """The sidecar of a photo: beach.jpg.xmp."""
    return photo.with_name(f"{photo.name}.xmp")


def write_sidecar(photo: Path, labels: Sequence[Label]) -> Path:
    """Write the sidecar of a photo in one step. One that is there already stays as it is.

    Raises:
        FileExistsError: There is one. It may have what a person wrote.
    """
    sidecar = find_sidecar(photo)
    draft = sidecar.with_name(f".{sidecar.name}.draft")
    draft.write_bytes(build_sidecar(labels))
    try:
        sidecar.hardlink_to(draft)  # Unlike a rename, it fails where a file is
    finally:
        draft.unlink()
    return sidecar


def build_sidecar(labels: Sequence[Label]) -> bytes:
    """The sidecar of a photo with these labels."""
    paths = list(dict.fromkeys(path for label in labels for path in _list_paths(label)))
    words = list(dict.fromkeys(word for path in paths for word in path))
    meta = ElementTree.Element(_name("x", "xmpmeta"))
    rdf = ElementTree.SubElement(meta, _name("rdf", "RDF"))
    about = {_name("rdf", "about"): ""}
    description = ElementTree.SubElement(rdf, _name("rdf", "Description"), about)
    _add_bag(description, _name("dc", "subject"), words)
    _add_bag(description, _name("lr", "hierarchicalSubject"), ["|".join(it) for it in paths])
    for prefix, uri in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    packet: bytes = ElementTree.tostring(meta, encoding="utf-8")
    return _BEGIN + packet + _END


def _list_paths(label: Label) -> list[tuple[str, ...]]:
    """The path of a label and of each of its parents, widest name first."""
    every = [*(parent.name for parent in reversed(label.parents)), label.name]
    names = [name.replace("|", "/") for name in every]
    return [tuple(names[:length]) for length in range(1, len(names) + 1)]


def _add_bag(parent: ElementTree.Element, name: str, items: list[str]) -> None:
    bag = ElementTree.SubElement(ElementTree.SubElement(parent, name), _name("rdf", "Bag"))
    for item in items:
        ElementTree.SubElement(bag, _name("rdf", "li")).text = item


def _name(prefix: str, name: str) -> str:
    return f"{{{_NAMESPACES[prefix]}}}{name}"
