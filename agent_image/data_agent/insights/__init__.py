"""What a table is about, said before anybody asks. Pure: SELECTs out, rows in, cards out."""
