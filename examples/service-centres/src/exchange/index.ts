export { Outage, Refused } from '@trembita/example-consumer'
export { throughGateway, type CentreIndicators, type OnExchange, type Person, type QualityService, type QueueService, type Rating, type Scores, type Slot } from './services.ts'
