import { accountPages, type Console } from '@trembita/web/console'
import { GATEWAY_ROLES } from '../admin/index.ts'
import { agreementPages } from './agreements.ts'
import { auditPages } from './audit.ts'
import { certificatePages } from './certificate-page.ts'
import { oneClientPages } from './client-page.ts'
import { clientPages } from './clients.ts'
import { descriptionPages } from './description-page.ts'
import { diagnosticsPages } from './diagnostics.ts'
import { exchangePages } from './exchange-page.ts'
import { oneKeyPages } from './key-page.ts'
import { keyPages } from './keys.ts'
import { localGroupPages } from './local-group-page.ts'
import { messagePages } from './messages.ts'
import { newKeyPages } from './new-key.ts'
import { overviewPages } from './overview.ts'
import { rightsPages } from './rights-page.ts'
import { oneServicePages } from './service-page.ts'
import { servicePages } from './services.ts'
import { settingsPages } from './settings.ts'
import { setupPages } from './setup.ts'

/** Pages of the console, area by area. */
export const AREAS: readonly ((console: Console) => void)[] = [
  overviewPages,
  setupPages,
  clientPages,
  oneClientPages,
  localGroupPages,
  servicePages,
  descriptionPages,
  oneServicePages,
  rightsPages,
  messagePages,
  exchangePages,
  agreementPages,
  diagnosticsPages,
  auditPages,
  settingsPages,
  keyPages,
  newKeyPages,
  oneKeyPages,
  certificatePages,
  accountPages(GATEWAY_ROLES)
]
