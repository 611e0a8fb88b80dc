export { ExchangeFailure, post, postSoap, type Answered, type Call, type FailureKind, type Gateway } from './gateway.ts'
