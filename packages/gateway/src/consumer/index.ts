export { askAsOwner } from './ask-as-owner.ts'
export { createConsumerServer, type ConsumerServerDeps } from './server.ts'
export { authenticateClient } from './authenticate-client.ts'
export { type ClientPeer } from './call.ts'
