/** Tables of one body: its letters, tasks, surveys, and what waits to be sent. Each body has a database of its own. */
export const DESK_SCHEMA = `
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  peer TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  exchange_id TEXT,
  error TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_at);

CREATE TABLE letter (
  id TEXT NOT NULL PRIMARY KEY,
  thread_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  from_body TEXT NOT NULL,
  from_official TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_post TEXT NOT NULL,
  to_body TEXT NOT NULL,
  to_official TEXT,
  to_name TEXT NOT NULL,
  sent_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL,
  exchange_id TEXT,
  delivered_at TEXT,
  delivered_exchange TEXT,
  read_at TEXT,
  read_exchange TEXT,
  outside TEXT,
  outside_at TEXT,
  error TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_thread ON letter (thread_id, sent_at);
CREATE INDEX letter_time ON letter (sent_at);

CREATE TABLE attachment (
  letter_id TEXT NOT NULL REFERENCES letter (id),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  digest TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (letter_id, number)
) STRICT;

CREATE TABLE task (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  starts_at TEXT NOT NULL,
  ends_at TEXT,
  remind_at TEXT,
  reminded INTEGER NOT NULL,
  state TEXT NOT NULL,
  from_body TEXT NOT NULL,
  from_official TEXT NOT NULL,
  from_name TEXT NOT NULL,
  for_body TEXT NOT NULL,
  for_official TEXT NOT NULL,
  for_name TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  digest TEXT NOT NULL,
  exchange_id TEXT,
  error TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX task_time ON task (starts_at);

CREATE TABLE survey (
  id TEXT NOT NULL PRIMARY KEY,
  owner_body TEXT NOT NULL,
  title TEXT NOT NULL,
  questions TEXT NOT NULL,
  audience TEXT NOT NULL,
  anonymous INTEGER NOT NULL,
  open_results INTEGER NOT NULL,
  deadline TEXT NOT NULL,
  author_official TEXT NOT NULL,
  author_name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  digest TEXT NOT NULL,
  exchange_id TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_ballot (
  survey_id TEXT NOT NULL,
  ballot TEXT NOT NULL,
  state TEXT NOT NULL,
  exchange_id TEXT,
  PRIMARY KEY (survey_id, ballot)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_answer (
  survey_id TEXT NOT NULL,
  ballot TEXT NOT NULL,
  body TEXT NOT NULL,
  name TEXT,
  answers TEXT NOT NULL,
  answered_on TEXT NOT NULL,
  digest TEXT NOT NULL,
  exchange_id TEXT,
  PRIMARY KEY (survey_id, ballot)
) STRICT, WITHOUT ROWID;
`
