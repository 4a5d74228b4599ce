"""The ladder (吹哨): a surge that nobody takes up in time is raised from the estate up to the district.

`hours.py` and `rungs.py` are pure: whoever asks them with the same actions and clock gets the same answer. No
timer runs anywhere: what was done stands in the table `surge_actions`, and what is due follows from it, so a
restart neither forgets a surge nor gives it more time. `actions.py` reads and writes the table, `keeper.py`
looks again and again.
"""
