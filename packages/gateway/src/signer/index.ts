export { SoftwareToken, type KeyKind, type KeyToken, type KeyUse, type TokenKey } from './token.ts'
export { readPkcs12 } from './pkcs12.ts'
export { Signer, type AuthIdentity, type SignerOptions } from './signer.ts'
