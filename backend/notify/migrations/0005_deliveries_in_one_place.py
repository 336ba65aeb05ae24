# Each way has its own row: what a notification said of its e-mail is there.

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notify", "0004_carry_deliveries")]
    operations = [
        migrations.RemoveIndex(
            model_name="notification",
            name="notification_undelivered",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="delivered_at",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="emailed_at",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="failure",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="tries",
        ),
    ]
