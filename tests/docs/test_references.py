"""The documentation names only what exists: links, paths, modules, targets of make."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FOLDERS = (
    "pipeline",
    "portal",
    "infra",
    "spa",
    "tests",
    "tools",
    "docs",
    "requirements",
    "clients",
)
MADE_BY_THE_READER = {"infra/terraform/envs/dev/terraform.tfvars"}
GENERATED = ("build/", ".cache/", ".venv/", "node_modules/", ".terraform/")

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`|^    [^\n]+$", re.DOTALL | re.MULTILINE)
PATH = re.compile(rf"(?<![\w./:-])(?:{'|'.join(FOLDERS)})/[\w./*{{}},-]*\w")
MODULE = re.compile(rf"python[\d.]* -m ((?:{'|'.join(FOLDERS)})[\w.]*)")
TARGET = re.compile(r"(?<![\w-])make ([a-z][a-z-]+(?: [a-z][a-z-]+)*)(?![\w-])")


def find_pages() -> list[Path]:
    folders = ("clients/*", "docs/**", "infra/**", "spa", "spa/src/**")
    patterns = ["*.md", *(f"{folder}/*.md" for folder in folders)]
    pages = {page for pattern in patterns for page in REPOSITORY.glob(pattern)}
    return sorted(page for page in pages if not any(it in str(page) for it in GENERATED))


PAGES = [pytest.param(page, id=str(page.relative_to(REPOSITORY))) for page in find_pages()]


def find_in_code(pattern: re.Pattern[str], page: Path) -> Iterator[str]:
    for code in CODE.findall(page.read_text()):
        yield from pattern.findall(code)


def exists(path: str) -> bool:
    """Whether the repository has it. Capital words stand for any name; `{a,b}` for either."""
    options = re.fullmatch(r"(.*)\{(.+)\}(.*)", path)
    if options:
        before, names, after = options.groups()
        return all(exists(before + name + after) for name in names.split(","))
    pattern = re.sub(r"\b[A-Z]{3,}\b(?!\.md)", "*", path)
    return any(REPOSITORY.glob(pattern))


def is_module(name: str) -> bool:
    path = REPOSITORY / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_conflict_markers(page: Path) -> None:
    assert re.findall(r"^(?:<{7}|>{7}) .*", page.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: Path) -> None:
    links = [it for it in LINK.findall(page.read_text()) if not it.startswith("http")]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_paths_exist(page: Path) -> None:
    named = set(find_in_code(PATH, page)) - MADE_BY_THE_READER

    assert sorted(path for path in named if not exists(path)) == []


@pytest.mark.parametrize("page", PAGES)
def test_named_modules_can_be_run(page: Path) -> None:
    assert sorted({name for name in find_in_code(MODULE, page) if not is_module(name)}) == []


@pytest.mark.parametrize("page", PAGES)
def test_named_targets_are_in_the_makefile(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {name for names in find_in_code(TARGET, page) for name in names.split()}

    assert sorted(named - targets) == []
