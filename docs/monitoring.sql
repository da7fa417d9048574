-- What must be empty in a register, on SQLite and on PostgreSQL alike (there: SET search_path TO the schema).
-- Each row that one of these gives is something to look at today. They ask little, and are no proof:
-- 'habeas register verify' is. A test runs each on both stores, whole and broken.

-- gap: the leaf index has a gap
SELECT size, number FROM (SELECT coalesce(max(idx) + 1, 0) AS size, count(*) AS number FROM leaf) AS found WHERE size <> number;

-- orphan: an event or content without its leaf
SELECT idx FROM (SELECT idx FROM event UNION SELECT idx FROM content) AS kept WHERE idx NOT IN (SELECT idx FROM leaf);

-- lost: a leaf whose content is gone; an erased event keeps its sealed bytes, and its key is gone
SELECT idx FROM leaf WHERE idx NOT IN (SELECT idx FROM content);

-- ahead: a checkpoint over more leaves than there are
SELECT size FROM checkpoint WHERE size > (SELECT count(*) FROM leaf);

-- unsigned: a cosignature of no checkpoint
SELECT size FROM cosignature WHERE size NOT IN (SELECT size FROM checkpoint);

-- skipped: a person whose custody numbers have a gap
SELECT subject FROM event WHERE seq IS NOT NULL GROUP BY subject HAVING max(seq) + 1 <> count(*);

-- backward: an event that was recorded earlier than the one before it
SELECT later.idx FROM event AS later JOIN event AS earlier ON earlier.idx = later.idx - 1 WHERE later.recorded_at < earlier.recorded_at;

-- tiles: full tiles of the first level that are not as many as the leaves fill
SELECT due, found FROM (SELECT (SELECT count(*) FROM leaf) / 256 AS due, (SELECT count(*) FROM tile WHERE level = 0) AS found) AS both_ WHERE due <> found;

-- refused: something was refused that may have to be shown: the same id or custody number with other bytes
SELECT at, what FROM evidence;
