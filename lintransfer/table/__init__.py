"""The table of theorems, one file per topic; `lintransfer.theorems` joins them."""
