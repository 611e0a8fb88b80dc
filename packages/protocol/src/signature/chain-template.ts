import { DIGESTS, type DigestAlgorithm } from './digests.ts'

// Hash chains as we write them: fixed text without white space, so that they can be read back to the last byte.

/** Always SHA-512: piece digests are, and a peer refuses a chain whose method differs from theirs. */
export const METHOD: DigestAlgorithm = DIGESTS['SHA-512']

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const NAMESPACES = 'xmlns:h="http://cyber.ee/hashchain" xmlns="http://www.w3.org/2000/09/xmldsig#"'

export const RESULT_OPEN = `${DECLARATION}<h:HashChainResult ${NAMESPACES} URI="`
export const RESULT_MIDDLE = `#STEP0"><DigestMethod Algorithm="${METHOD.uri}"></DigestMethod><DigestValue>`
export const RESULT_CLOSE = '</DigestValue></h:HashChainResult>'

export const CHAIN_OPEN = `${DECLARATION}<h:HashChain ${NAMESPACES}><h:DefaultDigestMethod Algorithm="${METHOD.uri}"></h:DefaultDigestMethod>`
export const CHAIN_CLOSE = '</h:HashChain>'
export const STEP_CLOSE = '</h:HashStep>'
export const HASH_VALUE_OPEN = '<h:HashValue><DigestValue>'
export const HASH_VALUE_CLOSE = '</DigestValue></h:HashValue>'
export const DATA_REF_OPEN = '<h:DataRef URI="'
export const DATA_REF_MIDDLE = '"><DigestValue>'
export const DATA_REF_CLOSE = '</DigestValue></h:DataRef>'

export function stepOpen (k: number): string {
  return `<h:HashStep id="STEP${k}">`
}

export function stepRef (k: number): string {
  return `<h:StepRef URI="#STEP${k}"></h:StepRef>`
}
