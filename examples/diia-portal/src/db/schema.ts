/** What the portal keeps. Contents that concern a person are sealed; numbers of persons stand nowhere. */
export const PORTAL_SCHEMA = `
CREATE TABLE person (
  subject TEXT NOT NULL PRIMARY KEY,
  rnokpp_index TEXT UNIQUE,
  offers_channel INTEGER NOT NULL,
  first_seen_at TEXT NOT NULL
) STRICT;

CREATE TABLE share (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT,
  summary TEXT NOT NULL,
  receipt TEXT,
  failure TEXT,
  attempts INTEGER NOT NULL,
  next_attempt_at TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX share_of_person ON share (subject, created_at);
CREATE INDEX share_waiting ON share (next_attempt_at);

CREATE TABLE offer (
  id TEXT NOT NULL PRIMARY KEY,
  client TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  content TEXT NOT NULL,
  valid_until TEXT,
  state TEXT NOT NULL,
  delivered_at TEXT NOT NULL,
  UNIQUE (client, offer_id)
) STRICT;
CREATE INDEX offer_of_person ON offer (subject, delivered_at);

CREATE TABLE offer_feedback (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  feedback TEXT NOT NULL,
  request TEXT,
  attempts INTEGER NOT NULL,
  next_attempt_at TEXT,
  given_at TEXT NOT NULL,
  sent_at TEXT,
  UNIQUE (subject, offer_id, feedback)
) STRICT;
CREATE INDEX offer_feedback_waiting ON offer_feedback (next_attempt_at);

CREATE TABLE template (
  client TEXT NOT NULL,
  code TEXT NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (client, code)
) STRICT;

CREATE TABLE distribution (
  id TEXT NOT NULL PRIMARY KEY,
  client TEXT NOT NULL,
  message_id TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  template TEXT NOT NULL,
  created_at TEXT NOT NULL,
  deleted_at TEXT,
  UNIQUE (client, message_id)
) STRICT;

CREATE TABLE notice (
  id TEXT NOT NULL PRIMARY KEY,
  distribution_id TEXT NOT NULL REFERENCES distribution (id),
  position INTEGER NOT NULL,
  subject TEXT,
  content TEXT,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL,
  pushed_at TEXT,
  read_at TEXT,
  UNIQUE (distribution_id, position)
) STRICT;
CREATE INDEX notice_of_person ON notice (subject, created_at);

CREATE TABLE push_subscription (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  lang TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX push_subscription_of_person ON push_subscription (subject);

CREATE TABLE push_job (
  notice_id TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TEXT NOT NULL,
  PRIMARY KEY (notice_id, subscription_id)
) STRICT;
CREATE INDEX push_job_waiting ON push_job (next_attempt_at);
`
