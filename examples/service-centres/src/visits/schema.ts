/** Bookings of this platform. The person and the PIN stand sealed; both go when they are of no use. */
export const VISIT_SCHEMA = `
CREATE TABLE visits (
  id TEXT PRIMARY KEY,
  owner TEXT,
  centre TEXT NOT NULL,
  service TEXT NOT NULL,
  slot TEXT NOT NULL,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  person TEXT,
  state TEXT NOT NULL,
  number TEXT,
  pin TEXT,
  wish TEXT,
  wish_slot TEXT,
  wish_starts_at TEXT,
  wish_ends_at TEXT,
  note TEXT,
  attempts INTEGER NOT NULL,
  next_at TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX visits_due ON visits (next_at);
CREATE INDEX visits_owner ON visits (owner, starts_at);
CREATE INDEX visits_number ON visits (number);
`
