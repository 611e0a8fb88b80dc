export { Agreements, type AgreementsDeps, type SealToAdd } from './agreements.ts'
export { agreementsApi, type AgreementsApiDeps } from './api.ts'
export { AgreementsPart } from './part.ts'
export { AGREEMENT_STATES, DECIDERS, DECISIONS, type AgreementState, type Decider, type Decision } from './types.ts'
