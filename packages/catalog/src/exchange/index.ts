export { type ExchangeAnswer, GatewayClient, type GatewaySettings, type RestCall } from './gateway-client.ts'
export { ExchangeError } from './exchange-error.ts'
export { formatSoapRequest, readEnvelope, readSoapFault, type SoapFault } from './soap-envelope.ts'
export { type Evidence, verifyEvidence } from './verify-evidence.ts'
