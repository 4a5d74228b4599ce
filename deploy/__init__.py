"""What composes the stages and runs them: the `pulse` command, local parts, deployment files."""
