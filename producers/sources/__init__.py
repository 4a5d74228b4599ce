"""Where events come from: files, HTTP, the synthetic district."""
