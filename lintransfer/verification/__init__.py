"""The verification ladder: every theorem of the table on every rung, each reported on its own."""

from lintransfer.verification.ladder import verify, verify_rows
from lintransfer.verification.outcome import Check
from lintransfer.verification.report import Report

__all__ = ["Check", "Report", "verify", "verify_rows"]
