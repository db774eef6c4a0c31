"""What tests/unit/drift asks of a store, asked again of PostgreSQL: every test that takes ``store``."""

from tests.unit.drift.store.test_identity import *  # noqa: F403
from tests.unit.drift.store.test_measuring import *  # noqa: F403
from tests.unit.drift.store.test_writing import *  # noqa: F403
from tests.unit.drift.tell.test_messages import *  # noqa: F403
from tests.unit.drift.test_history import *  # noqa: F403
from tests.unit.drift.test_prometheus import *  # noqa: F403
