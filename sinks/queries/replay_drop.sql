DROP TABLE IF EXISTS {db}.{table:Identifier} SYNC
