"""`make demo`: users and data sets for the two demo customers, brought in as their users would."""
