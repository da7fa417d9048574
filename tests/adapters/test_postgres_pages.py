"""Pages of a register on PostgreSQL cost what they hold, however long the register is."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from drills.commands import AT

from habeas.adapters import postgres_store
from habeas.register.events import Row
from habeas.register.store import Batch
from stores import PostPlace

pytestmark = pytest.mark.postgres
LEAVES = 8 * postgres_store.PAGE


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


# However a server plans it: joined page by page, by order, or by hashes.
@pytest.mark.parametrize("kept", ["enable_nestloop", "enable_mergejoin", "enable_hashjoin"])
def test_the_last_page_of_a_register_is_read_without_what_lies_before_it(
    server: PostPlace, kept: str
) -> None:
    store = server.open(create=True)
    store.write(
        Batch(
            0,
            [
                Row(n, bytes(32), f"id {n}", "kind", f"p_{n:026d}", 0, b"content")
                for n in range(LEAVES)
            ],
            AT,
        )
    )
    start = LEAVES - 2 * postgres_store.PAGE
    with psycopg.connect(server.address, autocommit=True) as db:
        db.execute("SELECT set_config('search_path', %s, false)", [server.schema])
        db.execute("ANALYZE")
        for name in {"enable_nestloop", "enable_mergejoin", "enable_hashjoin"} - {kept}:
            db.execute(f"SET {name} = off".encode())
        told = f"EXPLAIN (ANALYZE, FORMAT JSON) {postgres_store._PAGE}".encode()  # noqa: SLF001
        ((plan,),) = db.execute(told, [start, LEAVES]).fetchall()
        found = plan if isinstance(plan, list) else json.loads(plan)
    looked_at = {
        f"{one['Node Type']} {one.get('Relation Name', '')}": one["Actual Rows"]
        + one.get("Rows Removed by Filter", 0)
        for one in nodes(found[0]["Plan"])
    }
    assert max(looked_at.values()) <= 2 * postgres_store.PAGE, looked_at
    assert [one.index for one in store.rows(start)] == list(range(start, LEAVES))
