"""Laws of names: one class a name, modules named by nouns, the glossary's words in public names."""

import ast
from pathlib import Path

import pytest

from tests.unit.laws import source, words

# A module is a thing or what it does; an adverb or a participle says neither.
NO_MODULE = frozenset(
    words.words(
        """
        ahead alone apart around asked asking beside early fresh getting half here know known later look looks
        made many meanwhile past seen soon told twice wanted would
        """
    )
)


def test_each_class_name_is_defined_once() -> None:
    """Two classes of one name make every search and every traceback ambiguous."""
    twice = {name: modules for name, modules in words.classes().items() if len(modules) > 1}

    assert twice == {}


def test_no_module_is_named_by_an_adverb() -> None:
    """A reader guesses a module by its noun."""
    paths = source.files("trueup", "deploy", "lab", "bench", "tools", "tests")
    named = [str(path.relative_to(source.ROOT)) for path in paths if path.stem.removeprefix("test_") in NO_MODULE]

    assert named == []


def test_replaced_words_only_become_fewer() -> None:
    """After a rename the ledger is written anew; a new name takes the glossary's word."""
    found = words.banned()
    differences = list(source.changed(source.ledger("words"), words.count(found)))
    places = [str(name) for name in found if any(d.startswith(f"{source.package(name.path)}:") for d in differences)]

    assert differences == [], "\n".join([f"if there are fewer now: {source.UPDATE}", *places])


def test_no_tox_environment_uses_a_replaced_word() -> None:
    """An environment's name says what it tests."""
    assert [name for name in words.environments() if words.words(name) & words.BANNED] == source.ledger("tox")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("class LookAgain: ...", "class"),
        ("class A:\n    wanted: int = 1", "field"),
        ("def f(found): ...", "parameter"),
        ("async def look_up(): ...", "function"),
        ("TODO = 1", "constant"),
        ('d = {"found": 1}', "key"),
        ('@click.option("--no-look-ahead")\ndef f(): ...', "option"),
        ('parser.addoption("--look")', "option"),
        ('x = Column("wanted", Integer)', "column"),
        ("@pytest.mark.harm\ndef f(): ...", "mark"),
    ],
)
def test_each_kind_of_name_is_read(tmp_path: Path, text: str, kind: str) -> None:
    """A kind that the reader misses would be a kind without a law."""
    file = tmp_path / "module.py"
    file.write_text(text)

    assert kind in {name.kind for name in words.names(file) if words.words(name.text) & words.BANNED}


@pytest.mark.parametrize(
    ("name", "parts"),
    [("LookAgain", {"look", "again"}), ("no-look-ahead", {"no", "look", "ahead"}), ("NVMLProof", {"nvml", "proof"})],
)
def test_names_are_split_into_words(name: str, parts: set[str]) -> None:
    """Also where an abbreviation meets a word."""
    assert words.words(name) == parts


def test_private_locals_are_free() -> None:
    """Only names that others read are counted."""
    assert not words.words("outlook_format") & words.BANNED
    assert isinstance(source.tree(Path(__file__)), ast.Module)
