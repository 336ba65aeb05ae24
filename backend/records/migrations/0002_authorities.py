"""The 153 authorities of England and which adjoin which."""

import csv
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parents[1] / "reference"


def read(name):
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Authority = apps.get_model("records", "Authority")
    Authority.objects.bulk_create(
        [Authority(code=row["code"], name=row["name"]) for row in read("authorities.csv")]
    )
    Adjoins = Authority.neighbours.through
    pairs = {(row["code"], row["neighbour"]) for row in read("authority_neighbours.csv")}
    Adjoins.objects.bulk_create(
        [
            Adjoins(from_authority_id=one, to_authority_id=other)
            for one, other in sorted(pairs | {(other, one) for one, other in pairs})
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
