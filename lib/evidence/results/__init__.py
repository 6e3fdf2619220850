"""Each question answered once."""
