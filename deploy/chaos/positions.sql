-- How far each part is stored: the offset below which all is, and the part's clock there (s since 1970).
SELECT part, max(next), max(clock_ms) / 1000 FROM {db}.progress WHERE epoch = {epoch:UInt16} GROUP BY part
