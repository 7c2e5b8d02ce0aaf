from django.db import migrations

from audit.append_only import append_only

_SEAL_IS_COVERED = """EXISTS (
    SELECT 1 FROM audit_tombstone t
    WHERE t.chain = OLD.chain AND OLD.sequence BETWEEN t.first_sequence AND t.last_sequence)"""

_EVENT_IS_COVERED = """EXISTS (
    SELECT 1 FROM audit_seal s JOIN audit_tombstone t
        ON t.chain = s.chain AND s.sequence BETWEEN t.first_sequence AND t.last_sequence
    WHERE s.event_uid = OLD.uid)"""

_QUEUE_SQLITE = """CREATE TRIGGER audit_event_queue AFTER INSERT ON audit_event BEGIN
    INSERT INTO audit_unsealed (event_id, chain, at, is_set_aside)
    VALUES (NEW.id, NEW.chain, NEW.at, 0);
END"""

_QUEUE_POSTGRESQL = """CREATE FUNCTION audit_event_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (event_id, chain, at, is_set_aside)
    VALUES (NEW.id, NEW.chain, NEW.at, false);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_event_queue AFTER INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_queue()"""


def queue_every_event(apps, editor):
    is_postgresql = editor.connection.vendor == "postgresql"
    editor.execute(_QUEUE_POSTGRESQL if is_postgresql else _QUEUE_SQLITE)


def queue_none(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION audit_event_queue() CASCADE")
    else:
        editor.execute("DROP TRIGGER audit_event_queue")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_event", deletable_when=_EVENT_IS_COVERED),
        append_only("audit_seal", deletable_when=_SEAL_IS_COVERED),
        append_only("audit_tombstone"),
        migrations.RunPython(queue_every_event, queue_none),
    ]
