/** Tables of the office itself: which bodies take part, and which officials joined. What they do is kept by their body. */
export const OFFICE_SCHEMA = `
CREATE TABLE body (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  administrator TEXT,
  administrator_name TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE body_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  note TEXT
) STRICT;

CREATE TABLE enrolment (
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  official TEXT NOT NULL,
  card TEXT NOT NULL,
  sealed_code TEXT NOT NULL,
  status TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  left_at TEXT,
  checked_at TEXT NOT NULL,
  exchange_id TEXT NOT NULL,
  PRIMARY KEY (subject, body)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  action TEXT NOT NULL,
  exchange_id TEXT
) STRICT;
CREATE INDEX enrolment_event_person ON enrolment_event (subject, body);

CREATE TABLE admission (
  session_id TEXT NOT NULL,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (session_id, body)
) STRICT, WITHOUT ROWID;
`
