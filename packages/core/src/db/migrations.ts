import { REGISTRY_STEP } from './steps/01-registry.ts'
import { AUDIT_STEP } from './steps/02-audit.ts'
import { ACCOUNTS_STEP } from './steps/03-accounts.ts'
import { REGISTRATION_STEP } from './steps/04-registration.ts'
import { AGREEMENTS_STEP } from './steps/05-agreements.ts'
import { SUSPENSION_STEP } from './steps/06-suspension.ts'
import { CLASSIFIERS_STEP } from './steps/07-classifiers.ts'
import { CONFIGURATION_STEP } from './steps/08-configuration.ts'
import { APPROVALS_STEP } from './steps/09-approvals.ts'
import { MEMBERS_STEP } from './steps/10-members.ts'

/** Schema of the core, step by step, for both kinds of store. A step is never edited once released. */
export const MIGRATIONS: readonly string[] = [
  REGISTRY_STEP,
  AUDIT_STEP,
  ACCOUNTS_STEP,
  REGISTRATION_STEP,
  AGREEMENTS_STEP,
  SUSPENSION_STEP,
  CLASSIFIERS_STEP,
  CONFIGURATION_STEP,
  APPROVALS_STEP,
  MEMBERS_STEP
]
