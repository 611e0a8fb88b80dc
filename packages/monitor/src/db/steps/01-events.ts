/**
 * Events and the log. Nothing in them names a person: `subject_index` is keyed (ADR 12). Rows of `access_event` are written once;
 * `subject_entry` is the index over them, with what is visible now as a fold over `visibility_change` (ADR 13).
 */
export const EVENTS_STEP = `
CREATE TABLE component (
  id TEXT NOT NULL PRIMARY KEY,
  ack_seq INTEGER NOT NULL DEFAULT 0,
  heard_at TEXT,
  last_seq INTEGER,
  spool_depth INTEGER,
  oldest_unsent TEXT,
  config_hash TEXT,
  rule_counters TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE access_event (
  event_id TEXT NOT NULL PRIMARY KEY,
  component TEXT NOT NULL,
  seq INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  case_ref TEXT,
  received_at TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL,
  salt BLOB NOT NULL,
  UNIQUE (component, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_event_case ON access_event (recipient, case_ref);

CREATE TABLE subject_entry (
  subject_index TEXT NOT NULL,
  visible INTEGER NOT NULL,
  occurred_at TEXT NOT NULL,
  event_id TEXT NOT NULL REFERENCES access_event (event_id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  registry TEXT NOT NULL,
  by_person INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (subject_index, visible, occurred_at, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_entry_event ON subject_entry (event_id);

CREATE TABLE event_visibility (
  event_id TEXT NOT NULL PRIMARY KEY REFERENCES access_event (event_id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  reason TEXT,
  review_at TEXT,
  lifted_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX event_visibility_review ON event_visibility (review_at);

CREATE TABLE visibility_change (
  change_id TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  salt BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event_feed (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL REFERENCES access_event (event_id) ON DELETE CASCADE,
  lifted INTEGER NOT NULL
) STRICT;

CREATE TABLE source_span (
  component TEXT NOT NULL,
  registry TEXT NOT NULL,
  epoch TEXT NOT NULL,
  holder_name TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  events INTEGER NOT NULL,
  hidden INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  PRIMARY KEY (component, registry, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  component TEXT NOT NULL,
  seq INTEGER NOT NULL,
  event_id TEXT,
  code TEXT NOT NULL,
  field TEXT,
  received_at TEXT NOT NULL,
  PRIMARY KEY (component, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (
  kind TEXT NOT NULL,
  component TEXT NOT NULL,
  ref TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (kind, component, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_identity (origin TEXT NOT NULL PRIMARY KEY, verifier_key TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE log_entry (
  leaf_index INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  ref TEXT,
  commitment BLOB NOT NULL
) STRICT;
CREATE INDEX log_entry_ref ON log_entry (ref);

CREATE TABLE log_checkpoint (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL,
  note TEXT NOT NULL,
  signed_at TEXT NOT NULL
) STRICT;
`
