"""What tests/unit/drift asks of a store, asked again of PostgreSQL: every test that takes ``store``."""

from tests.unit.drift.notify.test_messages import *  # noqa: F403
from tests.unit.drift.store.test_history import *  # noqa: F403
from tests.unit.drift.store.test_import_run import *  # noqa: F403
from tests.unit.drift.store.test_measurements import *  # noqa: F403
from tests.unit.drift.store.test_migrations import *  # noqa: F403
from tests.unit.drift.store.test_node_identity import *  # noqa: F403
from tests.unit.drift.test_prometheus import *  # noqa: F403
