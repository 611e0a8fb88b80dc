export { type AgreementParts, agreementsApi, type AgreementsApiDeps } from './api.ts'
export { AgreementSealer, type SealedAgreement } from './seal-agreement.ts'
export { Agreements, type AgreementsOptions, type Permit } from './agreements.ts'
export { type AgreementEvent, AgreementEvents } from './event-store.ts'
