/**
 * What the law adds to a member, and what lists are searched and sorted by. `search_text` is in small letters and `sort_key` in
 * the order of the Ukrainian alphabet; both are made by us, since neither store knows how (registry/name-index.ts).
 */
export const MEMBERS_STEP = `
  -- Not stated for members that came with a gateway's request.
  ALTER TABLE member ADD COLUMN kind TEXT CHECK (kind IN ('authority', 'localGovernment', 'enterprise'));
  ALTER TABLE member ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
  ALTER TABLE member ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
  CREATE INDEX member_by_name ON member (sort_key, id);
  CREATE INDEX member_by_code ON member (code, id);

  -- By the name of the member, then by code.
  ALTER TABLE subsystem ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
  ALTER TABLE subsystem ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
  CREATE INDEX subsystem_by_name ON subsystem (sort_key, id);
  CREATE INDEX subsystem_by_code ON subsystem (code, id);

  ALTER TABLE security_server ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
  CREATE INDEX security_server_by_code ON security_server (code, id);
  CREATE INDEX server_client_of_server ON server_client (security_server_id);

  ALTER TABLE global_group ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
  ALTER TABLE global_group ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';
  CREATE INDEX global_group_member_by_client ON global_group_member (member_class, member_code);

  -- Roles that are given; participant and subject of interaction follow from what is registered.
  CREATE TABLE member_role (
    member_id INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    role      TEXT NOT NULL CHECK (role IN ('holder', 'administrator')),
    PRIMARY KEY (member_id, role)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX member_role_one_holder ON member_role (role) WHERE role = 'holder';

  -- Official channels of an organisation, in the order to show them.
  CREATE TABLE member_contact (
    member_id INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    purpose   TEXT NOT NULL CHECK (purpose IN ('general', 'technical', 'security', 'dataProtection')),
    name      TEXT,
    email     TEXT,
    phone     TEXT,
    PRIMARY KEY (member_id, position)
  ) STRICT, WITHOUT ROWID;

  -- On which paper a member takes part: agreement of accession, or contract. Dates are YYYY-MM-DD.
  CREATE TABLE member_accession (
    member_id INTEGER PRIMARY KEY REFERENCES member (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('accession', 'contract')),
    number    TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    ends_on   TEXT
  ) STRICT;
`
