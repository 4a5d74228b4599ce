-- Numbers of requests, drawn at random and in order: where to cut what is compared into slices; and how many facts
-- there are.
SELECT count(), arraySort(groupArraySample(1000)(request_id)) FROM {db}.complaints
