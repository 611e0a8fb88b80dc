export { type Exchanged, type Gateway, Refusal, type RequestOptions } from './exchange.ts'
export { askByRest, askByUxp, postByRest, type RestQuestion } from './rest.ts'
export { askBySoap, type SoapQuestion } from './soap.ts'
export { askEdrByRest, askEdrBySoap, askEdrByUxp, askVat, EDR, type Subject, TAX, VAT, type VatPayer } from './registers.ts'
