"""The table of counts that every serving process shares; and what was done to accounts stays."""

from django.core.management import call_command
from django.db import migrations

TABLE = "accounts_change"


def make_cache(apps, schema_editor):
    call_command("createcachetable", "web_cache", database=schema_editor.connection.alias, verbosity=0)


def refuse(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION accounts_change_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a change of an account stays as it was written'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER accounts_change_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION accounts_change_stays()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER accounts_change_no_{act.lower()} BEFORE {act} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'a change of an account stays as it was written'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_accounts_in_full")]
    operations = [
        migrations.RunPython(make_cache, migrations.RunPython.noop),
        migrations.RunPython(refuse, migrations.RunPython.noop),
    ]
