/** Attributes whose value a browser runs or parses once more. Pages have none: the content security policy would stop them anyway. */
export function isForbidden (name: string): boolean {
  return /^(on|(data-)?hx-on)|^(style|srcdoc|srcset|ping|(data-)?hx-(vals|headers|config))$/i.test(name)
}

/** Attributes that hold an address to go to or to fetch. */
export function isAddress (name: string): boolean {
  return ADDRESSES.has(name.replace(/^data-(?=hx-)/, ''))
}

const ADDRESSES = new Set([
  'href', 'src', 'action', 'formaction', 'data', 'poster', 'cite', 'xlink:href', 'manifest', 'background',
  'hx-get', 'hx-post', 'hx-put', 'hx-patch', 'hx-delete', 'hx-push-url', 'hx-replace-url'
])

/** An address as it is, or `#` when following it would do anything but fetch, write a letter or dial. */
export function safeAddress (address: string): string {
  // Browsers drop control characters and blanks before they look for the scheme.
  const seen = address.replace(/[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\ufeff]/g, '')
  const scheme = /^([^/?#]*?):/.exec(seen)?.[1]?.toLowerCase()
  return scheme === undefined || ['http', 'https', 'mailto', 'tel'].includes(scheme) ? address : '#'
}
