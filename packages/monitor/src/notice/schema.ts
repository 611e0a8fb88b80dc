/**
 * Tables of this folder. Nothing in them names a person or an event: rows are found by keyed tags, contents are sealed (ADR 15), and
 * the key is not in the store. `epoch` and times are the only plain facts.
 */
export const NOTICE_SCHEMA = `
CREATE TABLE notice_person (
  tag TEXT NOT NULL PRIMARY KEY,
  enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  sealed TEXT NOT NULL,
  unsubscribe_hash TEXT NOT NULL UNIQUE,
  renewal TEXT,
  routes_until TEXT NOT NULL DEFAULT '',
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_subscription (
  tag TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES notice_person (tag) ON DELETE CASCADE,
  sealed TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_subscription_person ON notice_subscription (person);

CREATE TABLE notice_route (
  tag TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL,
  epoch TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_route_epoch ON notice_route (epoch);

CREATE TABLE notice_known (tag TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE notice_cursor (name TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE notice_item (
  tag TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES notice_person (tag) ON DELETE CASCADE,
  class TEXT NOT NULL CHECK (class IN ('immediate', 'digest', 'lifted', 'none')),
  state TEXT NOT NULL CHECK (state IN ('pending', 'queued', 'accepted', 'seen', 'failed')),
  collapse TEXT NOT NULL,
  bundle TEXT,
  sealed TEXT NOT NULL,
  created_at TEXT NOT NULL,
  escalated_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_item_state ON notice_item (state, person);
CREATE INDEX notice_item_bundle ON notice_item (bundle);
CREATE INDEX notice_item_person ON notice_item (person, state);

CREATE TABLE notice_message (
  tag TEXT NOT NULL PRIMARY KEY,
  bundle TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES notice_person (tag) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('immediate', 'digest', 'lifted')),
  channel TEXT NOT NULL CHECK (channel IN ('push', 'app-push', 'email')),
  target TEXT,
  collapse TEXT NOT NULL,
  local_date TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'accepted', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  settled_at TEXT,
  result TEXT,
  template TEXT,
  text_hash TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_message_due ON notice_message (state, next_at);
CREATE INDEX notice_message_bundle ON notice_message (bundle);
CREATE INDEX notice_message_person ON notice_message (person, local_date);
`
