import type { Migration } from '@trembita/daemon/sqlite'

/**
 * Schema of the message log, step by step; never edit one that was released.
 *
 * Metadata and sealed content are apart, since SQLite rewrites a whole row when one column changes and stamps come later.
 * Identifiers are percent-encoded and joined by `/` (a service always has six parts, absent ones empty), times are milliseconds.
 */
export const MIGRATIONS: readonly Migration[] = [`
  CREATE TABLE stamp (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('single', 'batch')),
    stamped_at INTEGER NOT NULL,
    authority TEXT NOT NULL,
    token BLOB NOT NULL,
    -- batch: 64 bytes a record, in the order of their positions; the tree over them gives result and chains
    leaves BLOB
  ) STRICT;

  CREATE TABLE archive (
    id INTEGER PRIMARY KEY,
    grouping TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,
    -- 'writing' until the file is on disk: what a crash left in this state is removed at the next start
    state TEXT NOT NULL CHECK (state IN ('writing', 'done')),
    last_digest TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    direction TEXT NOT NULL,
    side TEXT NOT NULL,
    query_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    party TEXT NOT NULL,
    client TEXT NOT NULL,
    service TEXT NOT NULL,
    protocol TEXT NOT NULL,
    created INTEGER NOT NULL,
    completeness TEXT NOT NULL,
    signature_hash BLOB NOT NULL,
    stamp INTEGER REFERENCES stamp (id),
    position INTEGER,
    archive INTEGER REFERENCES archive (id)
  ) STRICT;
  CREATE INDEX record_query ON record (query_id);
  CREATE INDEX record_created ON record (created);
  CREATE INDEX record_waiting ON record (id) WHERE stamp IS NULL;
  CREATE INDEX record_stamp ON record (stamp) WHERE stamp IS NOT NULL;
  CREATE INDEX record_archive ON record (archive) WHERE archive IS NOT NULL;
  CREATE INDEX record_next ON record (id) WHERE stamp IS NOT NULL AND archive IS NULL;
  CREATE INDEX record_next_of_party ON record (party, id) WHERE stamp IS NOT NULL AND archive IS NULL;

  CREATE TABLE content (
    record INTEGER PRIMARY KEY REFERENCES record (id),
    salt BLOB NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE body (
    name TEXT PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX body_record ON body (record);

  -- the highest number ever given to a record that was removed since: numbers stand in container names and are not used twice
  CREATE TABLE numbering (only INTEGER PRIMARY KEY CHECK (only = 1), highest INTEGER NOT NULL) STRICT;
  INSERT INTO numbering (only, highest) VALUES (1, 0);
`, `
  -- people look for records by these, newest first; a page walks down one of them
  DROP INDEX record_query;
  CREATE INDEX record_query ON record (query_id, created);
  CREATE INDEX record_request ON record (request_id, created);
  CREATE INDEX record_client ON record (client, created);
  CREATE INDEX record_service ON record (service, created);
`]
