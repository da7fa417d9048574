"""A query over a Parquet docket on a local Spark: `spark_peer.py DOCKET QUERY OUT`.

Writes the whole answer as Parquet, counts its outcomes, and prints both times as JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession


def cpu() -> float:
    """CPU seconds of Spark's Java process, which is a child of this one, as Linux counts them."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        kept = path.read_text().rpartition(")")[2].split()
        if "java" in path.with_name("comm").read_text():
            found += int(kept[11]) + int(kept[12])
    return found / 100 + sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def main() -> None:
    """Answer and count."""
    docket, query, out = sys.argv[1:]
    base = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    base = base.config("spark.log.level", "ERROR").config("spark.driver.host", "127.0.0.1")
    begun = time.perf_counter()
    spark = base.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    started = time.perf_counter() - begun
    spark.read.parquet(docket).createOrReplaceTempView("docket")
    begun, spent = time.perf_counter(), cpu()
    text = Path(query).read_text(encoding="utf-8").rstrip().rstrip(";")
    spark.sql(text).write.mode("overwrite").parquet(out)
    wall, spent = time.perf_counter() - begun, cpu() - spent
    rows = spark.read.parquet(out).groupBy("outcome").count().collect()
    counts = {row["outcome"]: row["count"] for row in rows}
    told = {"counts": counts, "wall": wall, "cpu": spent, "start": started}
    print(json.dumps(told | {"version": spark.version}))
    spark.stop()


main()
