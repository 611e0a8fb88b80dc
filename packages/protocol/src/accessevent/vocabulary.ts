/** What every event says of its own shape. */
export const EVENT_SCHEMA = 'monitor.event/1'

/** W3C Data Privacy Vocabulary 2.3. */
export const DPV_NS = 'https://w3id.org/dpv#'

/** What was done with the data. @see facts: monitor §5.3 */
export const OPERATIONS = ['consult', 'query', 'retrieve', 'disclose', 'export', 'modify', 'erase', 'match', 'infer', 'make-available'] as const

/** Why an access may be hidden for a time: local names below `https://w3id.org/dpv/justifications#`. */
export const VISIBILITY_REASONS = [
  'CrimeInvestigationImpaired', 'CrimePreventionImpaired', 'CrimePenaltyExecutionImpaired', 'JudicialProceedingsImpaired',
  'NationalSecurityImpaired', 'DefenceImpaired', 'PublicSecurityImpaired', 'ThirdPartyRightsImpaired'
] as const

const DPV_OPERATIONS: Readonly<Record<typeof OPERATIONS[number], string>> = {
  consult: 'Consult',
  query: 'Query',
  retrieve: 'Retrieve',
  disclose: 'DiscloseByTransmission',
  export: 'Export',
  modify: 'Modify',
  erase: 'Erase',
  match: 'Match',
  infer: 'Infer',
  'make-available': 'MakeAvailable'
}

/** IRI of the DPV term for an operation (monitor §5.5). */
export function dpvOperation (operation: typeof OPERATIONS[number]): string {
  return `${DPV_NS}${DPV_OPERATIONS[operation]}`
}
