"""The district's report: its days (`period`), what it says (`contents`), how that is read (`reading`)."""
