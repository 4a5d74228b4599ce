"""The operators' console: pages that show what happens now, and the few things that people do about it."""
