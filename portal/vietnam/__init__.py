"""What Vietnam is made of: numbers, names, codes and words; no web, no database."""
