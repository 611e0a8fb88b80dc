import { accountPages, agreementPages, approvalPages, auditPages, backupPages, classifierPages, configurationPages, federationPages, groupPages, memberClassPages, memberPages, overviewPages, requestPages, serverPages, settingsPages, subsystemPages, suspensionPages, trustServicePages, type Console } from './console/index.ts'

/** Pages of the console, area by area. */
export const AREAS: readonly ((console: Console) => void)[] = [
  overviewPages,
  requestPages,
  memberPages,
  subsystemPages,
  serverPages,
  groupPages,
  memberClassPages,
  agreementPages,
  suspensionPages,
  auditPages,
  classifierPages,
  backupPages,
  approvalPages,
  trustServicePages,
  configurationPages,
  federationPages,
  accountPages,
  settingsPages
]
