/**
 * What the nodes say of their publishing, and who fetches it: kept for operators, outside of the audit log. A key may sign when
 * every node has named it in what it publishes for long enough.
 */
export const CONFIGURATION_STEP = `
  ALTER TABLE signing_key ADD COLUMN label TEXT;

  CREATE TABLE key_publication (
    signing_key_id        INTEGER NOT NULL REFERENCES signing_key (id) ON DELETE CASCADE,
    configuration_node_id INTEGER NOT NULL REFERENCES configuration_node (id) ON DELETE CASCADE,
    first_published_at    TEXT NOT NULL,
    PRIMARY KEY (signing_key_id, configuration_node_id)
  ) STRICT, WITHOUT ROWID;

  -- How far each node has come. run_id changes with each start of the node's process.
  CREATE TABLE configuration_publication (
    configuration_node_id INTEGER NOT NULL UNIQUE REFERENCES configuration_node (id) ON DELETE CASCADE,
    run_id                TEXT NOT NULL,
    stamp                 TEXT,
    revision              INTEGER,
    published_at          TEXT,
    expires_at            TEXT,
    duration_ms           INTEGER,
    failure               TEXT,
    failed_at             TEXT
  ) STRICT;

  -- Who fetches: all that a download by plain HTTP tells.
  CREATE TABLE configuration_download (
    configuration_node_id INTEGER NOT NULL REFERENCES configuration_node (id) ON DELETE CASCADE,
    origin                TEXT NOT NULL,
    kind                  TEXT NOT NULL CHECK (kind IN ('internal', 'external')),
    version               INTEGER NOT NULL,
    first_at              TEXT NOT NULL,
    last_at               TEXT NOT NULL,
    PRIMARY KEY (configuration_node_id, origin, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX configuration_download_by_origin ON configuration_download (origin);
`
