/**
 * Instants are RFC 3339 UTC text, certificates DER, booleans 0 or 1. Rows of other instances (group members) are kept by
 * identifier and not by key, since their registry is elsewhere. `position` is the order of use. Numbers that the API names are never given
 * to another: what a second person agrees to is what was proposed.
 */
export const REGISTRY_STEP = `
  CREATE TABLE system_parameter (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE member_class (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
  ) STRICT;

  CREATE TABLE member (
    id              INTEGER PRIMARY KEY,
    member_class_id INTEGER NOT NULL REFERENCES member_class (id),
    code            TEXT NOT NULL,
    name            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    UNIQUE (member_class_id, code)
  ) STRICT;

  CREATE TABLE subsystem (
    id         INTEGER PRIMARY KEY,
    member_id  INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    code       TEXT NOT NULL,
    name       TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (member_id, code),
    UNIQUE (member_id, id)
  ) STRICT;

  CREATE TABLE security_server (
    id                  INTEGER PRIMARY KEY,
    owner_id            INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    code                TEXT NOT NULL,
    address             TEXT,
    in_maintenance      INTEGER NOT NULL DEFAULT 0 CHECK (in_maintenance IN (0, 1)),
    maintenance_message TEXT,
    created_at          TEXT NOT NULL,
    UNIQUE (owner_id, code)
  ) STRICT;

  CREATE TABLE auth_certificate (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    security_server_id INTEGER NOT NULL REFERENCES security_server (id) ON DELETE CASCADE,
    certificate        BLOB NOT NULL,
    sha256             BLOB NOT NULL UNIQUE,
    created_at         TEXT NOT NULL
  ) STRICT;
  CREATE INDEX auth_certificate_of_server ON auth_certificate (security_server_id);

  -- A client of a server: a member, or with subsystem_id one of its subsystems. The owner is a client without a row.
  CREATE TABLE server_client (
    id                 INTEGER PRIMARY KEY,
    security_server_id INTEGER NOT NULL REFERENCES security_server (id) ON DELETE CASCADE,
    member_id          INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    subsystem_id       INTEGER,
    enabled            INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at         TEXT NOT NULL,
    FOREIGN KEY (member_id, subsystem_id) REFERENCES subsystem (member_id, id) ON DELETE CASCADE
  ) STRICT;
  CREATE UNIQUE INDEX server_client_once ON server_client (security_server_id, member_id, coalesce(subsystem_id, 0));
  CREATE INDEX server_client_of_member ON server_client (member_id, subsystem_id);

  CREATE TABLE global_group (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
  ) STRICT;

  CREATE TABLE global_group_member (
    id              INTEGER PRIMARY KEY,
    global_group_id INTEGER NOT NULL REFERENCES global_group (id) ON DELETE CASCADE,
    instance        TEXT NOT NULL,
    member_class    TEXT NOT NULL,
    member_code     TEXT NOT NULL,
    subsystem_code  TEXT CHECK (subsystem_code <> ''),
    created_at      TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX global_group_member_once
    ON global_group_member (global_group_id, instance, member_class, member_code, coalesce(subsystem_code, ''));

  CREATE TABLE approved_ca (
    id                             INTEGER PRIMARY KEY AUTOINCREMENT,
    name                           TEXT NOT NULL UNIQUE,
    authentication_only            INTEGER NOT NULL DEFAULT 0 CHECK (authentication_only IN (0, 1)),
    profile_class                  TEXT NOT NULL,
    default_csr_format             TEXT CHECK (default_csr_format IN ('PEM', 'DER')),
    acme_directory_url             TEXT,
    acme_ip_address                TEXT,
    acme_authentication_profile_id TEXT,
    acme_signing_profile_id        TEXT
  ) STRICT;

  CREATE TABLE ca_certificate (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    approved_ca_id INTEGER NOT NULL REFERENCES approved_ca (id) ON DELETE CASCADE,
    top            INTEGER NOT NULL CHECK (top IN (0, 1)),
    position       INTEGER NOT NULL,
    certificate    BLOB NOT NULL,
    UNIQUE (approved_ca_id, position)
  ) STRICT;
  CREATE UNIQUE INDEX ca_certificate_one_top ON ca_certificate (approved_ca_id) WHERE top = 1;

  CREATE TABLE ocsp_responder (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    ca_certificate_id INTEGER NOT NULL REFERENCES ca_certificate (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL,
    url               TEXT NOT NULL,
    certificate       BLOB,
    cost_type         TEXT CHECK (cost_type IN ('FREE', 'PAID', 'UNDEFINED')),
    UNIQUE (ca_certificate_id, position)
  ) STRICT;

  CREATE TABLE approved_tsa (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    url         TEXT NOT NULL,
    certificate BLOB NOT NULL,
    cost_type   TEXT CHECK (cost_type IN ('FREE', 'PAID', 'UNDEFINED'))
  ) STRICT;

  -- One row for each core that signs configuration; several when the core is clustered.
  CREATE TABLE configuration_node (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL
  ) STRICT;

  CREATE TABLE signing_key (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    configuration_node_id INTEGER NOT NULL REFERENCES configuration_node (id) ON DELETE CASCADE,
    kind                  TEXT NOT NULL CHECK (kind IN ('internal', 'external')),
    certificate           BLOB NOT NULL,
    encrypted_key         TEXT NOT NULL,
    active                INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at            TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX signing_key_one_active ON signing_key (configuration_node_id, kind) WHERE active = 1;

  CREATE TABLE configuration_anchor (
    kind         TEXT PRIMARY KEY CHECK (kind IN ('internal', 'external')),
    file         BLOB NOT NULL,
    generated_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE trusted_anchor (
    id          INTEGER PRIMARY KEY,
    instance    TEXT NOT NULL UNIQUE,
    file        BLOB NOT NULL,
    uploaded_at TEXT NOT NULL
  ) STRICT;

  -- Parts beside the two that the registry itself makes: MONITORING, FETCHINTERVAL, NEXTUPDATE.
  CREATE TABLE configuration_part (
    content_identifier TEXT PRIMARY KEY,
    file_name          TEXT NOT NULL UNIQUE,
    content            BLOB NOT NULL,
    uploaded_at        TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`
