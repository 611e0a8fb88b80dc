// National algorithms of Ukraine, and whatever else is met in old containers: named, so that a report can say what it cannot judge.

const ROOT = '1.2.804.2.1.1.1.1'

const NAMES: Readonly<Record<string, string>> = {
  [`${ROOT}.2.1`]: 'GOST 34.311-95',
  [`${ROOT}.2.2`]: 'DSTU 7564:2014 (Kupyna)',
  [`${ROOT}.3.1`]: 'DSTU 4145-2002',
  '1.3.14.3.2.26': 'SHA-1',
  '1.2.840.113549.1.1.5': 'RSA with SHA-1',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1'
}

/** Name of an algorithm by its object identifier, or by that of the family it stands in. */
export function algorithmName (oid: string): string {
  for (let known = oid; known.includes('.'); known = known.slice(0, known.lastIndexOf('.'))) {
    const name = NAMES[known]
    if (name !== undefined) return name
  }
  return `algorithm ${oid}`
}
