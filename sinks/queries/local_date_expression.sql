-- By which expression, and so in which zone, facts get their local day; no row where there are no tables yet.
SELECT default_expression FROM system.columns
WHERE database = '{db}' AND table = 'complaints' AND name = 'local_date'
