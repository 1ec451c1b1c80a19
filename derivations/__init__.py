"""Independent SymPy derivations of every closed form; nothing here imports lintransfer."""
