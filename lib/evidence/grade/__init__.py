"""How sure anyone can be."""
