/**
 * An item holds from one day up to, not including, another: a new version closes what it changes and adds what is new, so
 * that any past day can be asked for and what did not change stands once. Days are `YYYY-MM-DD`.
 */
export const CLASSIFIERS_STEP = `
  CREATE TABLE classifier (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    format      TEXT NOT NULL CHECK (format IN ('kved', 'katottg', 'plain')),
    name_uk     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    description TEXT NOT NULL,
    publisher   TEXT NOT NULL,
    created_at  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE classifier_version (
    id            INTEGER PRIMARY KEY,
    classifier_id INTEGER NOT NULL REFERENCES classifier (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    valid_from    TEXT NOT NULL,
    ground        TEXT NOT NULL,
    added         INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    removed       INTEGER NOT NULL,
    published_at  TEXT NOT NULL,
    UNIQUE (classifier_id, number),
    UNIQUE (classifier_id, valid_from)
  ) STRICT;

  CREATE TABLE classifier_item (
    id            INTEGER PRIMARY KEY,
    classifier_id INTEGER NOT NULL REFERENCES classifier (id) ON DELETE CASCADE,
    code          TEXT NOT NULL,
    parent        TEXT,
    category      TEXT,
    name_uk       TEXT NOT NULL,
    name_en       TEXT,
    search_text   TEXT NOT NULL,
    valid_from    TEXT NOT NULL,
    valid_to      TEXT,
    UNIQUE (classifier_id, code, valid_from)
  ) STRICT;
  CREATE INDEX classifier_item_children ON classifier_item (classifier_id, parent, code);

  CREATE TABLE classifier_crosswalk (
    from_id   INTEGER NOT NULL REFERENCES classifier (id) ON DELETE CASCADE,
    from_code TEXT NOT NULL,
    to_id     INTEGER NOT NULL REFERENCES classifier (id) ON DELETE CASCADE,
    to_code   TEXT NOT NULL,
    PRIMARY KEY (from_id, from_code, to_id, to_code)
  ) STRICT, WITHOUT ROWID;
`
