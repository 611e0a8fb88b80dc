export { askAsOwner, type OwnAnswer, type OwnAttachments } from './ask-as-owner.ts'
export { askService, type OwnRestAnswer } from './ask-service.ts'
export { createConsumerServer, type ConsumerServerDeps } from './server.ts'
