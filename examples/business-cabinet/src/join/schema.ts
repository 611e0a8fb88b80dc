/** Who takes part. Names, answers of the register and codes stand sealed; a code only until the join is done, then in custody elsewhere. */
export const JOIN_SCHEMA = `
CREATE TABLE join_check (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  question TEXT,
  state TEXT NOT NULL,
  verdict TEXT,
  exchange_id TEXT NOT NULL,
  answer TEXT,
  attempts INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  made_at TEXT NOT NULL,
  answered_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX join_check_person ON join_check (person, made_at);

CREATE TABLE join_exchange (
  id TEXT NOT NULL PRIMARY KEY,
  asked_at TEXT NOT NULL,
  result TEXT NOT NULL,
  outcome TEXT,
  detail TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE participation (
  ref TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  check_id TEXT NOT NULL,
  name TEXT,
  record TEXT NOT NULL,
  signature TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  left_at TEXT,
  erasing TEXT,
  act TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX participation_person ON participation (person, state);
`
