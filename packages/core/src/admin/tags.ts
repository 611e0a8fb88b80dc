/** Chapters of the API description, in the order of the console's menu. */
export const TAGS = [
  { name: 'overview', description: 'Figures, and what wants attention' },
  { name: 'members', description: 'Members, member classes and subsystems' },
  { name: 'security servers', description: 'Gateways, their certificates and clients' },
  { name: 'global groups', description: 'Groups that rights can be given to' },
  { name: 'management requests', description: 'Requests of gateways: states, approval' },
  { name: 'trust services', description: 'Certification and timestamping services' },
  { name: 'configuration', description: 'Sources, anchors, signing keys, parts, federation' },
  { name: 'agreements', description: 'Who may ask what of whom, for which purpose' },
  { name: 'suspensions', description: 'Access stopped by decision of the holder' },
  { name: 'classifiers', description: 'Reference lists, with their history' },
  { name: 'audit', description: 'Who changed what' },
  { name: 'backups', description: 'Backup and restore' },
  { name: 'approvals', description: 'Operations that take two persons' },
  { name: 'system', description: 'Initialisation, parameters, API keys, sessions' },
  { name: 'operations', description: 'Health and metrics' }
] as const
