-- From version 1, which said no number, to 2: the schema says its version, and whoever keeps copies
-- may read whatever a dump reads. Run by the schema's owner, within the step's transaction.

CREATE TABLE version (
    one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
    number INTEGER NOT NULL
);
INSERT INTO version (number) VALUES (1);

CREATE FUNCTION version_next() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number + 1 THEN
        RAISE EXCEPTION 'the version of the schema goes up by one';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER version_next BEFORE UPDATE ON version
    FOR EACH ROW EXECUTE FUNCTION version_next();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
ALTER TABLE version ENABLE ALWAYS TRIGGER append_only;

DO $$
DECLARE
    member TEXT;
BEGIN
    FOR member IN
        SELECT rolname FROM pg_roles WHERE rolname IN ('habeas_writer', 'habeas_reader')
    LOOP
        EXECUTE format('GRANT SELECT ON version TO %I', member);
        EXECUTE format('GRANT SELECT ON SEQUENCE cosignature_place_seq TO %I', member);
    END LOOP;
END
$$;
