"""The district's report on paper: `document` says it in words and tables, `formats` writes these."""
