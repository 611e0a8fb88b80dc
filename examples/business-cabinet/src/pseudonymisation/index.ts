export { AlreadyEnrolled, PSEUDONYMISATION_SCHEMA, PseudonymisationComponent, TooManyPseudonyms, type Pseudonyms } from './component.ts'
