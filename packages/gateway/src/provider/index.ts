export { createProviderServer, showIdentity } from './server.ts'
export { ServiceCaller } from './call-service.ts'
export { attachmentOf, restAnswer, soapAnswer, type ServiceAnswer } from './service-answer.ts'
export { type PeerRequest } from './read-message.ts'
