"""Checks of every kind, as files of the project under test."""

GOOD = '''
import os
import pytest
from trueup.accept.marks import applies, each

def test_good(node, profile, record_property):
    """Why good matters."""
    record_property("trueup.note", f"looked at {profile.env.name}")

@applies(when=lambda node, profile: node.name == "a", why="only a has one")
@each("part", lambda node, profile: ["x", "1,x"])
def test_part(node, part):
    """Why parts matter."""

def test_worker(node, record_property):
    """Which process looked."""
    record_property("trueup.note", f"{node.name} {os.getpid()}")

@each("again", lambda node, profile: range(20))
def test_worker_again(node, again, record_property):
    """Which process looked, for many more checks."""
    record_property("trueup.note", f"{node.name} {os.getpid()}")
'''
BAD = '''
from trueup.accept.marks import remedy

@remedy("turn it off and on")
def test_bad(node):
    """Why bad matters.

    More that nobody needs to read.
    """
    assert node.name == "a", f"{node.name} is not a"
'''
BLIND = '''
import pytest
from trueup.outcome import CouldNotCheck

@pytest.fixture
def early():
    assert 0, "early"

@pytest.fixture
def late():
    yield
    assert 0, "late"

def test_blind(node):
    """Why looking matters."""
    raise CouldNotCheck("no light")

def test_lazy(node):
    """Why working matters."""
    pytest.skip("no tool")

@pytest.fixture
def unwilling():
    pytest.skip("no mood")

def test_unwilling(node, unwilling):
    """Skips before it is asked."""

@pytest.mark.xfail
def test_hopeless(node):
    """Expected to fail."""
    assert 0

def test_leaves(node):
    """Ends the process."""
    raise SystemExit(0)

def test_says_no(node):
    """Fails in words."""
    pytest.fail("no")

def test_early(node, early):
    """Fails before it is asked."""

def test_late(node, late):
    """Fails after it was answered."""
'''
BETWEEN = '''
from trueup.accept.marks import between
from trueup.accept.parameters import pairs

@between("pair", pairs)
def test_pair(pair):
    """Why pairs matter."""
    assert pair[0] == "a"
'''
