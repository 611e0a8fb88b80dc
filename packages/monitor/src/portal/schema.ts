/** Tables of the citizen's pages: what a person asked or complained of, and which entries they have opened. Tags and seals as in `NOTICE_SCHEMA`. */
export const PORTAL_SCHEMA = `
CREATE TABLE portal_question (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('question', 'complaint')),
  state TEXT NOT NULL CHECK (state IN ('received', 'sent')),
  sealed TEXT NOT NULL,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  due_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_question_person ON portal_question (person, created_at);
CREATE INDEX portal_question_state ON portal_question (state);

CREATE TABLE portal_read (
  tag TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_read_person ON portal_read (person);
`
