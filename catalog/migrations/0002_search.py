"""What search looks at, kept by the database itself with every row that changes.

PostgreSQL: two tsvector columns, each with a partial index per tier of popularity.
SQLite: one FTS5 table.
"""

from django.db import migrations

_ON_SHELF = "state = 'live' AND visibility = 'public'"

_POSTGRESQL = f"""
ALTER TABLE catalog_listing ADD COLUMN title_words tsvector NOT NULL DEFAULT ''::tsvector;
ALTER TABLE catalog_listing ADD COLUMN words tsvector NOT NULL DEFAULT ''::tsvector;
-- Ten thousand words are known by their frequency then: what is rarer is taken for rare.
ALTER TABLE catalog_listing ALTER COLUMN title_words SET STATISTICS 1000;
ALTER TABLE catalog_listing ALTER COLUMN words SET STATISTICS 1000;
CREATE FUNCTION catalog_listing_read_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    facets tsvector := array_to_tsvector(array_remove(string_to_array(trim(NEW.search_words), ' '), ''));
    title tsvector := to_tsvector('english', NEW.title || ' ' || translate(NEW.slug, '-', ' '));
BEGIN
    NEW.title_words := title || facets;
    NEW.words := title
        || to_tsvector('english', translate(NEW.name, '/-', '  '))
        || to_tsvector('english', NEW.summary)
        || to_tsvector('english', translate(NEW.tags::text, '[]",-', '     '))
        || to_tsvector('english', NEW.readme_text)
        || facets;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_listing_words BEFORE INSERT OR UPDATE OF
    title, slug, summary, tags, readme_text, search_words ON catalog_listing
    FOR EACH ROW EXECUTE FUNCTION catalog_listing_read_words();
""" + "".join(
    f"CREATE INDEX catalog_listing_{column}_tier_{tier} ON catalog_listing USING gin ({column})"
    f" WHERE tier = {tier} AND {_ON_SHELF};\n"
    for column in ("title_words", "words")
    for tier in (0, 1, 2)
)

# Punctuation splits words in FTS5 as it does in PostgreSQL, so names and tags go in as they are.
_NEW = "VALUES (new.id, new.title || ' ' || new.slug, new.name || ' ' || new.summary || ' ' || new.tags || ' ' || new.readme_text)"
_SQLITE = [
    "CREATE VIRTUAL TABLE catalog_listing_words USING fts5"
    " (title, body, tokenize = 'porter unicode61')",
    "CREATE TRIGGER catalog_listing_words_insert AFTER INSERT ON catalog_listing BEGIN"
    f" INSERT INTO catalog_listing_words (rowid, title, body) {_NEW}; END",
    "CREATE TRIGGER catalog_listing_words_update AFTER UPDATE OF"
    " title, summary, tags, readme_text ON catalog_listing BEGIN"
    " DELETE FROM catalog_listing_words WHERE rowid = old.id;"
    f" INSERT INTO catalog_listing_words (rowid, title, body) {_NEW}; END",
    "CREATE TRIGGER catalog_listing_words_delete AFTER DELETE ON catalog_listing BEGIN"
    " DELETE FROM catalog_listing_words WHERE rowid = old.id; END",
]


def _create(apps, editor):
    statements = [_POSTGRESQL] if editor.connection.vendor == "postgresql" else _SQLITE
    for statement in statements:
        editor.execute(statement)


def _drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "DROP FUNCTION catalog_listing_read_words() CASCADE;"
            "ALTER TABLE catalog_listing DROP COLUMN title_words, DROP COLUMN words;"
        )
        return
    for verb in ("insert", "update", "delete"):
        editor.execute(f"DROP TRIGGER catalog_listing_words_{verb}")
    editor.execute("DROP TABLE catalog_listing_words")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunPython(_create, _drop),
    ]
