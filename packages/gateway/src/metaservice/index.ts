export { createMetaservices, type Metaservice, type Metaservices } from './metaservices.ts'
