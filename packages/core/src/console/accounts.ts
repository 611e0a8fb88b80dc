import { accountPages as pagesFor, type Console } from '@trembita/web/console'
import { ROLES } from '../admin/index.ts'

/** API keys, and who is signed in. */
export const accountPages: (console: Console) => void = pagesFor(ROLES)
