"""The catalogue: scenarios as data, a file for each family. No logic stands here."""
