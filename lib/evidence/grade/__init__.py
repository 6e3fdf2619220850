"""How sure anyone can be, and the sentence that says so."""
