"""`python -m orchestrator.cli` is tenantctl."""

import sys

from orchestrator.cli import main

sys.exit(main())
