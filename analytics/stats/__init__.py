"""Statistics: numbers in, numbers out. Knows no database, no file and no screen."""
