import { basePathOf } from './public-path.ts'

const PATH_CHARACTERS_MAX = 2000

/**
 * Where to go on after signing in: a path of our own, else the first page. Whatever a browser would take for another site's address
 * (`//host`, `/\host`, with control characters in between) is not one.
 */
export function ownPath (wanted: unknown, publicUrl: URL): string {
  const home = `${basePathOf(publicUrl)}/`
  if (typeof wanted !== 'string' || wanted.length > PATH_CHARACTERS_MAX || !/^\/(?![/\\])/.test(wanted)) return home
  // Control characters and blanks are what browsers leave out before they read an address.
  if (/[\x00-\x20\x7f\\]/.test(wanted) || !URL.canParse(wanted, publicUrl.href)) return home
  const url = new URL(wanted, publicUrl)
  return url.origin === publicUrl.origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : home
}
