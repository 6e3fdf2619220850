"""Settings of all tests."""

from hypothesis import settings

# Whether a property holds does not depend on how busy the machine is.
settings.register_profile("evidence", deadline=None)
settings.load_profile("evidence")
