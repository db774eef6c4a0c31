"""Values that somebody who means harm would write.

No conftest imports this: a conftest is read before --hypothesis-profile counts, and would fix how many they are.
"""

from hypothesis import settings
from hypothesis import strategies as st

from tests.hypothesis_profiles import SHARED

# A few with the unit tests; thousands in `tox -e robustness`, by one of the profiles of conftest.py.
FEW = settings().max_examples == settings.get_profile(SHARED).max_examples
UNCHANGED = settings(max_examples=3) if FEW else settings()

POISON = (
    "$(canary)",
    "`canary`",
    "'; canary; '",
    '"; canary; "',
    "'\"'\"'; canary; '\"'\"'",
    "\ncanary\n",
    "\r\ncanary\r\n",
    "; canary;",
    "&& canary",
    "|| canary",
    "| canary",
    "& canary &",
    "$(canary)'$(canary)\"$(canary)",
    "\\'; canary; \\'",
    "${IFS}$(canary)",
    "${x:-$(canary)}",
    "$'\\n'; canary",
    "#\ncanary",
    "<<E\ncanary\nE\n",
    ">(canary)",
    "-o ProxyCommand=canary",
    "--\n$(canary)",
    "{ canary; }",
    "%s%n$(canary)",
    "\u2028canary\u2029",
    "é$(canary)漢字",
    "\x1b[2J$(canary)",
)
# A shell's argument holds no NUL, and no lone surrogate is text.
LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
ANY = st.text(LETTERS, max_size=12)
EVIL = st.lists(st.sampled_from(POISON) | ANY, min_size=1, max_size=4).map("".join)
