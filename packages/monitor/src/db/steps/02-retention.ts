/** When an event is erased, so that it is found without reading all of them. */
export const RETENTION_STEP = `
ALTER TABLE access_event ADD COLUMN retain_until TEXT;
CREATE INDEX access_event_retention ON access_event (retain_until);
`
