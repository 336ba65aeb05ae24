# What was delivered before each way had a row of its own.

from django.db import migrations

CARRY = """
    INSERT INTO notify_delivery
        (notification_id, way, state, tries, failure, next_try_at, sent_at, reference)
    SELECT id, 'live', CASE WHEN delivered_at IS NULL THEN 'waiting' ELSE 'sent' END,
        CASE WHEN delivered_at IS NULL THEN 0 ELSE 1 END, '', NULL::timestamptz, delivered_at,
        gen_random_uuid()
    FROM notify_notification
    UNION ALL
    SELECT id, 'email',
        CASE
            WHEN emailed_at IS NOT NULL OR delivered_at IS NOT NULL THEN 'sent'
            WHEN tries >= 8 THEN 'failed'
            ELSE 'waiting'
        END,
        tries, failure, NULL::timestamptz, coalesce(emailed_at, delivered_at), gen_random_uuid()
    FROM notify_notification
"""
PUT_BACK = """
    UPDATE notify_notification
    SET delivered_at = delivery.sent_at, emailed_at = delivery.sent_at,
        tries = delivery.tries, failure = delivery.failure
    FROM notify_delivery delivery
    WHERE delivery.notification_id = notify_notification.id AND delivery.way = 'email'
"""


class Migration(migrations.Migration):
    dependencies = [("notify", "0003_ways")]
    operations = [migrations.RunSQL(CARRY, PUT_BACK)]
