import { accountPages, agreementPages, approvalPages, auditPages, backupPages, classifierPages, overviewPages, settingsPages, type Console } from './console/index.ts'

/** Pages of the console, area by area. */
export const AREAS: readonly ((console: Console) => void)[] = [
  overviewPages,
  agreementPages,
  auditPages,
  classifierPages,
  backupPages,
  approvalPages,
  accountPages,
  settingsPages
]
