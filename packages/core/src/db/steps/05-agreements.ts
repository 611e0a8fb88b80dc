/**
 * Agreements on information exchange, a row for each version; the document says the rest. Parties are kept by identifier
 * (`INSTANCE:CLASS:CODE:SUBSYSTEM`): an agreement outlives its parties. `stopped` is by decision; what the clock decides is not
 * kept. `replaced_from` is when a later version takes its place.
 */
export const AGREEMENTS_STEP = `
  CREATE TABLE agreement (
    id                 INTEGER PRIMARY KEY,
    code               TEXT NOT NULL,
    version            INTEGER NOT NULL,
    number             TEXT NOT NULL,
    consumer           TEXT NOT NULL,
    provider           TEXT NOT NULL,
    consumer_member    TEXT NOT NULL,
    provider_member    TEXT NOT NULL,
    valid_from         TEXT NOT NULL,
    valid_until        TEXT NOT NULL,
    document           BLOB NOT NULL,
    container          BLOB NOT NULL,
    container_hash     TEXT NOT NULL,
    consumer_sealed_at TEXT,
    provider_sealed_at TEXT,
    concluded_at       TEXT,
    stopped            TEXT CHECK (stopped IN ('suspended', 'ended')),
    stopped_by         TEXT CHECK (stopped_by IN ('consumer', 'provider', 'holder')),
    stopped_at         TEXT,
    replaced_from      TEXT,
    search_text        TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    UNIQUE (code, version)
  ) STRICT;
  CREATE INDEX agreement_of_consumer ON agreement (consumer_member);
  CREATE INDEX agreement_of_provider ON agreement (provider_member);

  CREATE TABLE agreement_decision (
    id           INTEGER PRIMARY KEY,
    agreement_id INTEGER NOT NULL REFERENCES agreement (id) ON DELETE CASCADE,
    at           TEXT NOT NULL,
    decision     TEXT NOT NULL CHECK (decision IN ('suspend', 'resume', 'end')),
    decided_by   TEXT NOT NULL CHECK (decided_by IN ('consumer', 'provider', 'holder')),
    ground       TEXT NOT NULL,
    actor_name   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX agreement_decision_of_agreement ON agreement_decision (agreement_id);
`
