import type { Anchor, SharedParameters } from '@trembita/protocol/globalconf'

/** One address to try, with the keys that its directory may be signed with. */
export interface Location {
  readonly url: string
  /** DER. */
  readonly certificates: readonly Buffer[]
}

/** The path behind `http://host[:port]/`: `internalconf`, `externalconf`, or a proxy's own. */
function directoryOf (anchor: Anchor): string | undefined {
  const url = anchor.sources.find(({ url }) => isHttp(url))?.url
  return url === undefined ? undefined : new URL(url).pathname.slice(1)
}

function isHttp (url: string): boolean {
  return /^http:/i.test(url) && URL.canParse(url)
}

/**
 * Where to look for an instance's configuration, in order: the sources that the configuration itself last named, then
 * those of the anchor; each as https first and then as http, shuffled within. What worked last time goes to the front.
 *
 * X-Road drops https addresses of an anchor and derives its own from the http ones; here they are used when an anchor
 * has no others.
 *
 * @param shuffle reorders its own copy; a parameter so that tests can fix the order.
 * @see xroad-trust §2.6 step 2
 */
export function locationsOf (anchor: Anchor, saved: SharedParameters | undefined, lastGood: string | undefined, shuffle: <T>(list: T[]) => T[] = shuffled): Location[] {
  const locations = [...savedLocations(anchor, saved, shuffle), ...anchorLocations(anchor, shuffle)]
  // An address with other keys is another location: a new anchor must help where the keys of the saved sources do not.
  const seen = new Set<string>()
  const unique = locations.filter((location) => !seen.has(keyOf(location)) && seen.add(keyOf(location)))
  const front = unique.filter(({ url }) => url === lastGood)
  return [...front, ...unique.filter(({ url }) => url !== lastGood)]
}

function keyOf ({ url, certificates }: Location): string {
  return [url, ...certificates.map((certificate) => certificate.toString('base64')).sort()].join(' ')
}

function savedLocations (anchor: Anchor, saved: SharedParameters | undefined, shuffle: <T>(list: T[]) => T[]): Location[] {
  const directory = directoryOf(anchor)
  if (saved === undefined || directory === undefined) return []
  const locations = saved.sources.map(({ address, internalCertificates, externalCertificates }) => ({
    url: `http://${address}/${directory}`,
    certificates: directory === 'internalconf' ? internalCertificates : directory === 'externalconf' ? externalCertificates : [...internalCertificates, ...externalCertificates]
  })).filter(({ url, certificates }) => URL.canParse(url) && certificates.length > 0)
  return [...shuffle(locations.map(toHttps)), ...shuffle(locations)]
}

function anchorLocations (anchor: Anchor, shuffle: <T>(list: T[]) => T[]): Location[] {
  const plain = anchor.sources.filter(({ url }) => isHttp(url))
  if (plain.length === 0) return shuffle(anchor.sources.filter(({ url }) => /^https:/i.test(url) && URL.canParse(url)))
  return [...shuffle(plain.map(toHttps)), ...shuffle([...plain])]
}

function toHttps ({ url, certificates }: Location): Location {
  return { url: url.replace(/^http/i, 'https'), certificates }
}

function shuffled<T> (list: T[]): T[] {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const kept = copy[i]!
    copy[i] = copy[j]!
    copy[j] = kept
  }
  return copy
}
