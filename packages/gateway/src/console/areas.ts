import { accountPages, type Console } from '@trembita/web/console'
import { GATEWAY_ROLES } from '../admin/index.ts'
import { certificatePages } from './certificate-page.ts'
import { oneKeyPages } from './key-page.ts'
import { keyPages } from './keys.ts'
import { newKeyPages } from './new-key.ts'
import { overviewPages } from './overview.ts'
import { setupPages } from './setup.ts'

/** Pages of the console, area by area. */
export const AREAS: readonly ((console: Console) => void)[] = [
  overviewPages,
  setupPages,
  keyPages,
  newKeyPages,
  oneKeyPages,
  certificatePages,
  accountPages(GATEWAY_ROLES)
]
