"""Every released answer, count, map cell and harm, kept: a change of a number names its row and column."""
