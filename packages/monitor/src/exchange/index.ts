export { describedService, type ServiceDescription } from './described-service.ts'
export { callerOf, createExchangeApp, ExchangeProblem, userOf } from './exchange-app.ts'
