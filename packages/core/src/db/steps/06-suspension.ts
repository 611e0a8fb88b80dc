/**
 * Decisions of the holder to stop access. Whom one is about stands by identifier and not by key, so that it is still told of
 * when the object is no more. `starts_at` and `ends_at` are when it shall hold, `began_at` and `ended_at` when it did: what is
 * published follows from `state` alone. Dates of acts are YYYY-MM-DD.
 */
export const SUSPENSION_STEP = `
  CREATE TABLE suspension (
    id              INTEGER PRIMARY KEY,
    object_kind     TEXT NOT NULL CHECK (object_kind IN ('member', 'subsystem', 'server')),
    member_class    TEXT NOT NULL,
    member_code     TEXT NOT NULL,
    object_code     TEXT CHECK ((object_kind = 'member') = (object_code IS NULL)),
    ground          TEXT NOT NULL CHECK (ground IN ('law', 'protection', 'personalData', 'interactionOrder', 'reglament')),
    explanation     TEXT,
    act_number      TEXT NOT NULL,
    act_date        TEXT NOT NULL,
    starts_at       TEXT NOT NULL,
    ends_at         TEXT CHECK (ends_at > starts_at),
    state           TEXT NOT NULL CHECK (state IN ('scheduled', 'inForce', 'ended', 'lifted')),
    decided_at      TEXT NOT NULL,
    decided_by      TEXT NOT NULL,
    began_at        TEXT,
    ended_at        TEXT,
    lift_act_number TEXT,
    lift_act_date   TEXT,
    lifted_by       TEXT
  ) STRICT;
  CREATE INDEX suspension_of_object ON suspension (member_class, member_code, object_kind, object_code);
  CREATE INDEX suspension_by_state ON suspension (state);
`
