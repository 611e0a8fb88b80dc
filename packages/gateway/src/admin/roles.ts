/** X-Road's roles on a security server (xroad-trust §6.2). */
export const SECURITY_OFFICER = 'XROAD_SECURITY_OFFICER'
export const REGISTRATION_OFFICER = 'XROAD_REGISTRATION_OFFICER'
export const SERVICE_ADMINISTRATOR = 'XROAD_SERVICE_ADMINISTRATOR'
export const SYSTEM_ADMINISTRATOR = 'XROAD_SYSTEM_ADMINISTRATOR'
/** Reads, and changes nothing. */
export const OBSERVER = 'XROAD_SECURITYSERVER_OBSERVER'

/** Sees whose data were given to whom (docs/access-events.md). Ours: X-Road knows no such role. */
export const DATA_PROTECTION_OFFICER = 'TREMBITA_DATA_PROTECTION_OFFICER'

export const GATEWAY_ROLES = [SECURITY_OFFICER, REGISTRATION_OFFICER, SERVICE_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, OBSERVER, DATA_PROTECTION_OFFICER] as const

/** What everybody with a role may look at. */
export const READERS = GATEWAY_ROLES
/** Keys and certificates are no business of those who only look after services. */
export const KEY_READERS = [SECURITY_OFFICER, REGISTRATION_OFFICER, SYSTEM_ADMINISTRATOR, OBSERVER] as const
/** Keys of seals; those of authentication are for security officers alone, which the routes check when they know the use. */
export const KEY_KEEPERS = [SECURITY_OFFICER, REGISTRATION_OFFICER] as const
/** Whoever brings a gateway up. */
export const INITIALISERS = [SYSTEM_ADMINISTRATOR, SECURITY_OFFICER] as const
/** Who may take messages out of the log, with all that they say. */
export const LOG_KEEPERS = [SECURITY_OFFICER] as const
/** Who may look at what others did. */
export const AUDIT_READERS = [SECURITY_OFFICER, SYSTEM_ADMINISTRATOR, OBSERVER] as const
