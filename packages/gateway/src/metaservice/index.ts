import type { Snapshot } from '../globalconf/index.ts'
import type { PeerRequest, ServiceAnswer } from '../provider/index.ts'
import type { ClientConf } from '../serverconf/index.ts'

export type Metaservice = (request: PeerRequest, provider: ClientConf, snapshot: Snapshot) => Promise<ServiceAnswer>
export interface Metaservices { find (protocol: 'soap' | 'rest', serviceCode: string): Metaservice | undefined }
export function createMetaservices (_options: unknown): Metaservices { return { find: () => undefined } }
