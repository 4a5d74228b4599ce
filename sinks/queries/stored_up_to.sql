-- The offset below which all of a part is stored; 0 where nothing is.
SELECT max(next) FROM {db}.progress WHERE epoch = {epoch:UInt16} AND part = {part:UInt16}
