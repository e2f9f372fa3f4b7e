"""The frameworks, one adapter a file, behind one contract."""
