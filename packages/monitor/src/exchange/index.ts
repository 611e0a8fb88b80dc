export { callerOf, createExchangeApp, ExchangeProblem, userOf } from './exchange-app.ts'
