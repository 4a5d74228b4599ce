-- The version of the registry in force; no row where none was loaded.
SELECT registry_version FROM {db}.units ORDER BY loaded_at DESC LIMIT 1
