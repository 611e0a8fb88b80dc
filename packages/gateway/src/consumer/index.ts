export { askAsOwner, type OwnAnswer, type OwnAttachments } from './ask-as-owner.ts'
export { createConsumerServer, type ConsumerServerDeps } from './server.ts'
