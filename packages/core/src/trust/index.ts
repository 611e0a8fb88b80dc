export { caEntries, putCa, putTsa, tsaEntries } from './trust-services.ts'
export { type CaCertificateEntry, type CaEntry, type OcspEntry, type TsaEntry } from './types.ts'
