import type { Migration } from '@trembita/daemon/sqlite'

/** Ordered; a released step is never edited. */
export const MIGRATIONS: readonly Migration[] = [`
  CREATE TABLE client (
    id INTEGER PRIMARY KEY,
    instance TEXT NOT NULL, member_class TEXT NOT NULL, member_code TEXT NOT NULL, subsystem_code TEXT,
    status TEXT NOT NULL DEFAULT 'registered',
    connection TEXT NOT NULL DEFAULT 'HTTP' CHECK (connection IN ('HTTP', 'HTTPS_NO_AUTH', 'HTTPS'))
  ) STRICT;
  CREATE UNIQUE INDEX client_identifier ON client (instance, member_class, member_code, coalesce(subsystem_code, ''));
  CREATE TABLE client_certificate (
    client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE, der BLOB NOT NULL, PRIMARY KEY (client_id, der)
  ) STRICT;
  CREATE TABLE local_group (
    client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE, code TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (client_id, code)
  ) STRICT;
  CREATE TABLE local_group_member (
    client_id INTEGER NOT NULL, code TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (client_id, code, member),
    FOREIGN KEY (client_id, code) REFERENCES local_group (client_id, code) ON DELETE CASCADE
  ) STRICT;
  CREATE TABLE service_description (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE,
    type TEXT NOT NULL CHECK (type IN ('WSDL', 'OPENAPI3', 'REST')), url TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 1, disabled_notice TEXT NOT NULL DEFAULT 'Out of order',
    UNIQUE (client_id, url)
  ) STRICT;
  CREATE TABLE service (
    id INTEGER PRIMARY KEY, description_id INTEGER NOT NULL REFERENCES service_description ON DELETE CASCADE,
    code TEXT NOT NULL, version TEXT, title TEXT, url TEXT NOT NULL,
    timeout_seconds INTEGER NOT NULL DEFAULT 60, verify_tls INTEGER NOT NULL DEFAULT 1, complete_header INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE UNIQUE INDEX service_code ON service (description_id, code, coalesce(version, ''));
  CREATE TABLE endpoint (
    client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE, service_code TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (client_id, service_code, method, path)
  ) STRICT;
  CREATE TABLE access_right (
    client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE, service_code TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('client', 'globalGroup', 'localGroup')), subject TEXT NOT NULL,
    PRIMARY KEY (client_id, service_code, method, path, subject_kind, subject)
  ) STRICT;
`, `
  CREATE TABLE server (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    instance TEXT NOT NULL, member_class TEXT NOT NULL, member_code TEXT NOT NULL, server_code TEXT NOT NULL,
    configured_as TEXT
  ) STRICT;
`, `
  ALTER TABLE service ADD COLUMN agreement TEXT NOT NULL DEFAULT 'none' CHECK (agreement IN ('none', 'refuse', 'remove'));
`, `
  ALTER TABLE client ADD COLUMN configured INTEGER NOT NULL DEFAULT 0;
  UPDATE client SET configured = 1;
  ALTER TABLE client ADD COLUMN name TEXT;
  ALTER TABLE client ADD COLUMN submitted_name TEXT;
  ALTER TABLE service_description ADD COLUMN refreshed_at TEXT;
  ALTER TABLE access_right ADD COLUMN given_at TEXT;

  CREATE TABLE numbered_group (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE,
    code TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', updated_at TEXT, UNIQUE (client_id, code)
  ) STRICT;
  CREATE TABLE numbered_group_member (
    group_id INTEGER NOT NULL REFERENCES numbered_group ON DELETE CASCADE, member TEXT NOT NULL, added_at TEXT, PRIMARY KEY (group_id, member)
  ) STRICT;
  INSERT INTO numbered_group (client_id, code, description) SELECT client_id, code, description FROM local_group;
  INSERT INTO numbered_group_member (group_id, member)
    SELECT g.id, m.member FROM local_group_member m JOIN numbered_group g ON g.client_id = m.client_id AND g.code = m.code;
  DROP TABLE local_group_member;
  DROP TABLE local_group;
  ALTER TABLE numbered_group RENAME TO local_group;
  ALTER TABLE numbered_group_member RENAME TO local_group_member;

  CREATE TABLE numbered_endpoint (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client ON DELETE CASCADE,
    service_code TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, generated INTEGER NOT NULL DEFAULT 0,
    UNIQUE (client_id, service_code, method, path)
  ) STRICT;
  INSERT INTO numbered_endpoint (client_id, service_code, method, path) SELECT client_id, service_code, method, path FROM endpoint;
  DROP TABLE endpoint;
  ALTER TABLE numbered_endpoint RENAME TO endpoint;
`, `
  ALTER TABLE server ADD COLUMN requested_address TEXT;
  ALTER TABLE server ADD COLUMN requested_maintenance INTEGER;
`, `
  ALTER TABLE service ADD COLUMN personal_data TEXT;
  ALTER TABLE service ADD COLUMN described_rules TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE monitoring (id INTEGER PRIMARY KEY CHECK (id = 1), settings TEXT NOT NULL) STRICT;
`]
