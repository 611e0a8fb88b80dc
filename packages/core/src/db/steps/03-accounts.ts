import { ACCOUNT_SCHEMA } from '@trembita/daemon/accounts'

/** Sessions, sign-ins under way, API keys. */
export const ACCOUNTS_STEP = ACCOUNT_SCHEMA
