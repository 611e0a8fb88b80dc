/**
 * Every change raises `revision`, so that whoever published an older state knows. Numbers of audit events have no gap, and
 * each event carries the hash of the one before it.
 */
export const AUDIT_STEP = `
  CREATE TABLE revision (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
  ) STRICT;
  INSERT INTO revision (id, value) VALUES (1, 0);

  CREATE TABLE audit_event (
    id            INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    actor_kind    TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    approved_by   TEXT,
    origin        TEXT NOT NULL,
    action        TEXT NOT NULL,
    object_kind   TEXT NOT NULL,
    object_id     TEXT NOT NULL,
    state_before  TEXT,
    state_after   TEXT,
    previous_hash BLOB NOT NULL,
    hash          BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_event_of_object ON audit_event (object_kind, object_id, id);
  CREATE INDEX audit_event_by_action ON audit_event (action, id);
  CREATE INDEX audit_event_by_actor ON audit_event (actor_id, id);
`
