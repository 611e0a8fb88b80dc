export { authenticateClient } from './authenticate-client.ts'
export { type ClientPeer } from './client-peer.ts'
