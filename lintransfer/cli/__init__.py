"""The command line: lintransfer diagram | curve | complexity | diagnose | verify | theorems | cite."""

from lintransfer.cli.commands import main

__all__ = ["main"]
