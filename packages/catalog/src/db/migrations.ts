import { ACCOUNT_SCHEMA } from '@trembita/daemon/accounts'

/** Steps of the schema, in order; a released one is never edited. Instants are RFC 3339 UTC text, cards JSON. */
export const MIGRATIONS: readonly string[] = [`
${ACCOUNT_SCHEMA}
CREATE TABLE organisation (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  suspension TEXT,
  card TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL
) STRICT;

CREATE TABLE subsystem (
  id TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisation (id),
  name TEXT,
  suspended INTEGER NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  removed_at TEXT
) STRICT;

CREATE TABLE description (
  document_hash TEXT NOT NULL PRIMARY KEY,
  canonical_hash TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BLOB NOT NULL,
  fetched_at TEXT NOT NULL
) STRICT;

CREATE TABLE service (
  id TEXT NOT NULL PRIMARY KEY,
  subsystem_id TEXT NOT NULL REFERENCES subsystem (id),
  protocol TEXT NOT NULL,
  code TEXT NOT NULL,
  version TEXT,
  allowed INTEGER NOT NULL,
  harvest TEXT NOT NULL,
  harvest_detail TEXT,
  document_hash TEXT REFERENCES description (document_hash),
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  removed_at TEXT
) STRICT;
CREATE INDEX service_subsystem ON service (subsystem_id);

CREATE TABLE service_description (
  service_id TEXT NOT NULL REFERENCES service (id),
  document_hash TEXT NOT NULL REFERENCES description (document_hash),
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  PRIMARY KEY (service_id, document_hash)
) STRICT;

CREATE TABLE harvest_run (
  id TEXT NOT NULL PRIMARY KEY,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT NOT NULL,
  summary TEXT NOT NULL
) STRICT;
CREATE INDEX harvest_run_started ON harvest_run (started_at);

CREATE TABLE resource (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT,
  priority INTEGER UNIQUE,
  card TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE interface (
  id TEXT NOT NULL PRIMARY KEY,
  resource_id TEXT NOT NULL REFERENCES resource (id),
  organisation_id TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE interface_version (
  id TEXT NOT NULL PRIMARY KEY,
  interface_id TEXT NOT NULL REFERENCES interface (id),
  version TEXT NOT NULL,
  major INTEGER NOT NULL,
  state TEXT NOT NULL,
  card TEXT NOT NULL,
  services TEXT NOT NULL,
  profile TEXT NOT NULL,
  score INTEGER NOT NULL,
  verification TEXT,
  published_at TEXT,
  reason TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, version)
) STRICT;
CREATE UNIQUE INDEX interface_version_published ON interface_version (interface_id, major) WHERE state = 'published';

CREATE TABLE verification_run (
  id TEXT NOT NULL PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES interface_version (id),
  tuple TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  valid_until TEXT,
  steps_done INTEGER NOT NULL,
  steps_total INTEGER NOT NULL,
  started_by TEXT NOT NULL,
  checks TEXT NOT NULL,
  seal_message_id TEXT,
  sealed BLOB
) STRICT;
CREATE INDEX verification_run_version ON verification_run (version_id, started_at);

CREATE TABLE service_health (
  service_id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  since TEXT NOT NULL,
  checked_at TEXT,
  cause TEXT,
  latency_ms INTEGER,
  recent TEXT NOT NULL
) STRICT;

CREATE TABLE health_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service_id TEXT NOT NULL,
  state TEXT NOT NULL,
  cause TEXT,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX health_change_service ON health_change (service_id, at);

CREATE TABLE maintenance (
  id TEXT NOT NULL PRIMARY KEY,
  interface_id TEXT NOT NULL REFERENCES interface (id),
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  notice TEXT NOT NULL,
  announced_at TEXT NOT NULL
) STRICT;

CREATE TABLE access_request (
  id TEXT NOT NULL PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES interface_version (id),
  consumer_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  decision TEXT,
  agreement_id TEXT,
  agreement_state TEXT,
  right_granted INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_object ON event (object_kind, object_id);
`]
