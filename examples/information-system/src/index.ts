export { checkSubjectCode, isEdrpou, isRnokpp } from './codes.ts'
export { canonicalJson, recordChecksum } from './canonical-json.ts'
export { canonicalCode, derivePseudonymKey, epochOf, pseudonymKey, type PseudonymKey, pseudonymValue } from './pseudonym.ts'
export { PseudonymIndex, type PseudonymQuestion } from './pseudonym-index.ts'
export { isSameName, normalName } from './names.ts'
export {
  type Answer, type Discrepancy, type DiscrepancyKind, type Missing, type MissingReason, type Outcome, type Source,
  discrepancy, give, noData
} from './answer.ts'
export { Problem, type ProblemCode } from './problem.ts'
export { type InformationSystem, type ListenOptions, createInformationSystem, listen, requestIdOf, purposeOf, describeAnswer } from './service.ts'
export { type ApiInfo, type DescribedService, type Operation, answerResponses, answersOf, describeApi, itemsOf, operation, problemResponse, purposeHeader } from './openapi.ts'
export { runCommand } from './command.ts'
export { type SoapEnvelope, readSoap, soapFault, soapAnswer } from './soap.ts'
export { addSoapService, formatValue, type SoapResult, type SoapService } from './soap-service.ts'
export { type XmlNode, childOf, elementsOf, escapeXml, parseXml, textOf } from './xml.ts'
