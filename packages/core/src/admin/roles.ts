/** Who does what in the core: X-Road's roles (xroad-trust §6.2), and those that the law adds (TR-5bis). */
export const ROLES = [
  /** Member classes, anchors, signing keys, addresses, the provider of the management services, TLS. */
  'XROAD_SECURITY_OFFICER',
  /** Members, subsystems, servers, groups, requests. */
  'XROAD_REGISTRATION_OFFICER',
  /** Certification and timestamping services, configuration parts, backup, API keys. */
  'XROAD_SYSTEM_ADMINISTRATOR',
  /** Programs that act for the management services. */
  'XROAD_MANAGEMENT_SERVICE',
  /** The holder: suspension, agreements, which operations take two persons. */
  'TREMBITA_HOLDER',
  /** Reads everything, changes nothing. */
  'TREMBITA_AUDITOR'
] as const
export type Role = typeof ROLES[number]

/** Whoever works with the registry may look at it. */
export const READERS = ROLES
export const SECURITY: readonly Role[] = ['XROAD_SECURITY_OFFICER']
export const REGISTRATION: readonly Role[] = ['XROAD_REGISTRATION_OFFICER']
export const ADMINISTRATION: readonly Role[] = ['XROAD_SYSTEM_ADMINISTRATOR']
export const HOLDER: readonly Role[] = ['TREMBITA_HOLDER']
