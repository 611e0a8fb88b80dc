/**
 * Store of the analysis. It knows people by a random reference and by pseudonyms; no code, no name stands in it, and no key that makes a
 * pseudonym is within its reach (resolution 688, item 10; held by a test that searches its bytes).
 */
export const ANALYSIS_SCHEMA = `
CREATE TABLE subject (
  ref TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  opened_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE question (
  ref TEXT NOT NULL,
  register TEXT NOT NULL,
  due_at TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  problem TEXT,
  problem_at TEXT,
  PRIMARY KEY (ref, register)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_due ON question (due_at);

CREATE TABLE exchange (
  id TEXT NOT NULL PRIMARY KEY,
  register TEXT NOT NULL,
  subjects INTEGER NOT NULL,
  asked_at TEXT NOT NULL,
  ended_at TEXT,
  result TEXT NOT NULL,
  detail TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
  ref TEXT NOT NULL,
  register TEXT NOT NULL,
  exchange_id TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  outcome TEXT NOT NULL,
  data TEXT,
  missing TEXT NOT NULL,
  discrepancies TEXT NOT NULL,
  checksum TEXT,
  damaged INTEGER NOT NULL,
  source TEXT NOT NULL,
  as_of TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (ref, register, received_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE offer (
  id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL,
  programme_id TEXT NOT NULL,
  programme_version INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  reasons TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  UNIQUE (ref, programme_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  offer_id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  detail TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (state, due_at);

CREATE TABLE total (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
