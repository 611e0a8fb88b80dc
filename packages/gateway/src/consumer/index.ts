export { askAsOwner } from './ask-as-owner.ts'
export { createConsumerServer, type ConsumerServerDeps } from './server.ts'
