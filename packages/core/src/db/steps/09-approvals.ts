/** Operations that take two persons, and those proposed. */
export const APPROVALS_STEP = `
CREATE TABLE approval_policy (
  operation TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
  id INTEGER PRIMARY KEY,
  operation TEXT NOT NULL,
  access TEXT NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT,
  reason TEXT NOT NULL,
  proposer TEXT NOT NULL,
  proposer_principal TEXT NOT NULL,
  proposed_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  decision_reason TEXT,
  result_status INTEGER,
  search TEXT NOT NULL
) STRICT;
CREATE INDEX approval_state ON approval (state, expires_at);
`
