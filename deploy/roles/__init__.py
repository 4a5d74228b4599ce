"""What each role's worker is made of: `attach(app, settings, epoch, waits)`, one module a role.

A role is imported only where it runs: together they take seconds of processor time to import.
"""
