-- One register in the schema that comes first on the search path; run once, by the schema's owner.
-- At run time nobody works as the owner: writers are members of habeas_writer, readers of
-- habeas_reader. The triggers stop accidents of the owner; the grants stop everybody else; the
-- tree proves.

CREATE TABLE head (
    one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
    size BIGINT NOT NULL
);
INSERT INTO head (size) VALUES (0);

CREATE TABLE leaf (idx BIGINT PRIMARY KEY, entry BYTEA NOT NULL);
CREATE TABLE event (
    idx BIGINT PRIMARY KEY,
    event_id TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C",
    seq BIGINT,
    recorded_at TIMESTAMPTZ NOT NULL,
    UNIQUE (subject, seq)
);
CREATE INDEX event_of_nobody ON event (kind) WHERE subject IS NULL;
CREATE TABLE content (idx BIGINT PRIMARY KEY, sealed BYTEA NOT NULL);
CREATE TABLE section (
    idx BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (idx, name)
);
CREATE TABLE tile (
    level BIGINT NOT NULL,
    n BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, n)
);
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE cosignature (
    place BIGINT GENERATED ALWAYS AS IDENTITY,
    size BIGINT NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (size, line)
);
CREATE TABLE evidence (
    digest BYTEA PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    what TEXT NOT NULL,
    data BYTEA NOT NULL
);
-- Hashes and sealed bytes do not compress; nobody shall try.
ALTER TABLE content ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE section ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

-- Leaves come next to the last one, without a gap; the head moves with them and in no other way.
CREATE FUNCTION leaf_next() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    lowest BIGINT;
    highest BIGINT;
    added BIGINT;
BEGIN
    SELECT min(idx), max(idx), count(*) INTO lowest, highest, added FROM new_leaf;
    IF added > 0 THEN
        UPDATE head SET size = highest + 1 WHERE size = lowest;
        IF NOT FOUND OR highest - lowest + 1 <> added THEN
            RAISE EXCEPTION 'the leaf index has a gap';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leaf_next AFTER INSERT ON leaf
    REFERENCING NEW TABLE AS new_leaf FOR EACH STATEMENT EXECUTE FUNCTION leaf_next();

CREATE FUNCTION head_is_size() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.size <> (SELECT coalesce(max(idx) + 1, 0) FROM leaf) THEN
        RAISE EXCEPTION 'the head is not the number of leaves';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER head_is_size BEFORE UPDATE ON head
    FOR EACH ROW EXECUTE FUNCTION head_is_size();
CREATE TRIGGER head_append_only BEFORE DELETE OR TRUNCATE ON head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- For each statement: so that ON CONFLICT DO UPDATE is refused too, whether or not a row is met.
-- Always: so that a session that replays a replica's changes is refused too.
DO $$
DECLARE
    kept CONSTANT TEXT[] := ARRAY[
        'leaf', 'event', 'content', 'section', 'tile', 'checkpoint', 'cosignature', 'evidence'
    ];
    name TEXT;
    member TEXT;
BEGIN
    FOREACH name IN ARRAY kept LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse()', name
        );
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    END LOOP;

    -- Where the owner may not make roles, an administrator makes them first.
    FOREACH member IN ARRAY ARRAY['habeas_writer', 'habeas_reader'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = member) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', member);
                EXECUTE format('GRANT %I TO CURRENT_USER', member);
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;

    FOR member IN
        SELECT rolname FROM pg_roles WHERE rolname IN ('habeas_writer', 'habeas_reader')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), member);
        EXECUTE format('GRANT SELECT ON head TO %I', member);
        FOREACH name IN ARRAY kept LOOP
            EXECUTE format('GRANT SELECT ON %I TO %I', name, member);
            IF member = 'habeas_writer' THEN
                EXECUTE format('GRANT INSERT ON %I TO %I', name, member);
            END IF;
        END LOOP;
        IF member = 'habeas_writer' THEN
            EXECUTE format('GRANT UPDATE ON head TO %I', member);
        END IF;
    END LOOP;
END
$$;
