"""One module for each subcommand of `pulse`."""
