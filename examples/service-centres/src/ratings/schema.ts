/** Ratings on their way, and what came back. No column could hold who rated; the content goes with the delivery. */
export const RATING_SCHEMA = `
CREATE TABLE ratings (rating_id TEXT PRIMARY KEY, body TEXT, batch_id TEXT, state TEXT NOT NULL, rated_on TEXT NOT NULL);
CREATE INDEX ratings_state ON ratings (state, batch_id);
CREATE TABLE batches (batch_id TEXT PRIMARY KEY, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, problem TEXT, settled_at TEXT);
CREATE TABLE indicators (id INTEGER PRIMARY KEY, items TEXT NOT NULL, as_of TEXT NOT NULL, pulled_at TEXT NOT NULL);
CREATE TABLE pulls (id INTEGER PRIMARY KEY, problem TEXT, at TEXT NOT NULL);
`
