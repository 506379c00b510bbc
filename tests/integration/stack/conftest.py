"""These tests share one platform and bring tenants of their own."""

from tests.support.stack_fixtures import (  # noqa: F401
    fleet,
    platform_images,
    pytest_runtest_makereport,
    stack,
)
