import { accountPages, type Console } from '@trembita/web/console'
import { GATEWAY_ROLES } from '../admin/index.ts'

/** Pages of the console, area by area. */
export const AREAS: readonly ((console: Console) => void)[] = [
  accountPages(GATEWAY_ROLES)
]
