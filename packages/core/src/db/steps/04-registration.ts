/**
 * Requests of gateways and of the centre. Those that complete each other share a processing, which has the state of both.
 * What they name is kept by identifier, since it may not be registered yet, or no more; the instance is the own one.
 */
export const REGISTRATION_STEP = `
  CREATE TABLE request_processing (
    id         INTEGER PRIMARY KEY,
    status     TEXT NOT NULL CHECK (status IN ('WAITING', 'SUBMITTED_FOR_APPROVAL', 'APPROVED', 'DECLINED', 'REVOKED')),
    reason     TEXT,
    decided_at TEXT,
    decided_by TEXT
  ) STRICT;
  CREATE INDEX request_processing_by_status ON request_processing (status);

  CREATE TABLE management_request (
    id                 INTEGER PRIMARY KEY,
    processing_id      INTEGER NOT NULL REFERENCES request_processing (id),
    service            TEXT NOT NULL,
    origin             TEXT NOT NULL CHECK (origin IN ('SECURITY_SERVER', 'CENTER')),
    server_class       TEXT NOT NULL,
    server_member      TEXT NOT NULL,
    server_code        TEXT NOT NULL,
    client_class       TEXT,
    client_member      TEXT,
    client_subsystem   TEXT,
    address            TEXT,
    subsystem_name     TEXT,
    message            TEXT,
    certificate        BLOB,
    certificate_sha256 BLOB,
    comments           TEXT,
    requested_by       TEXT NOT NULL,
    -- Of what is asked, whoever asks it however often.
    content_hash       BLOB NOT NULL,
    -- What a search looks in, in small letters.
    search_text        TEXT NOT NULL,
    created_at         TEXT NOT NULL
  ) STRICT;
  CREATE INDEX management_request_of_processing ON management_request (processing_id);
  CREATE INDEX management_request_of_server ON management_request (server_class, server_member, server_code, id);
  CREATE INDEX management_request_of_client ON management_request (client_class, client_member, client_subsystem);
  CREATE INDEX management_request_of_certificate ON management_request (certificate_sha256);

  -- Exactly what a gateway sent: the whole HTTP body, from which every signature can be verified again.
  CREATE TABLE management_request_original (
    request_id   INTEGER PRIMARY KEY REFERENCES management_request (id),
    soap_sha256  BLOB NOT NULL UNIQUE,
    message_id   TEXT NOT NULL,
    received_by  TEXT NOT NULL CHECK (received_by IN ('registration', 'management')),
    sender       TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL
  ) STRICT;

  -- Address that an operator gave a core; without it, what it listens on.
  ALTER TABLE configuration_node ADD COLUMN given_address TEXT;
`
