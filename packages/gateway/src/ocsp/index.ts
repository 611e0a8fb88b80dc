export { OcspKeeper, type OcspKeeperOptions, type ResponderOutcome } from './keeper.ts'
export { chainToTop } from './chain.ts'
export { createOcspServer } from './responder.ts'
export { fetchPeerOcsp } from './fetch-peer.ts'
