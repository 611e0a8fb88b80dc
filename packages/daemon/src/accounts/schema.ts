/**
 * Tables of this folder, for the application's list of migrations. The number of a key is never given to another: audit logs and
 * proposals name keys by it.
 */
export const ACCOUNT_SCHEMA = `
CREATE TABLE account_session (
  id_hash TEXT NOT NULL PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL,
  person_name TEXT NOT NULL,
  roles TEXT NOT NULL,
  origin TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_session_expiry ON account_session (expires_at);

CREATE TABLE account_sign_in (
  id_hash TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  nonce TEXT NOT NULL,
  code_verifier TEXT NOT NULL,
  return_path TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_api_key (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_hash TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  roles TEXT NOT NULL,
  owner TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT
) STRICT;
`

/** Table of applications that ask who a person is (`AccountsOptions.identity`): a step after `ACCOUNT_SCHEMA`. */
export const IDENTITY_SCHEMA = `
CREATE TABLE account_identity (
  id_hash TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
