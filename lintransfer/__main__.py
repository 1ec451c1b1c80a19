"""python -m lintransfer"""

import sys

from lintransfer.cli import main

sys.exit(main())
