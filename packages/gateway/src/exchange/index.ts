export { partsOf, recordOf, type ExchangeMessage } from './message.ts'
export { ExchangeMetrics, StepTimer, type OnStep } from './metrics.ts'
export { encodeMessage, type EncodedMessage } from './encode.ts'
export { logFault } from './log-fault.ts'
