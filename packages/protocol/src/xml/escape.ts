// The written forms are those of Canonical XML 1.0 §2.3, so that what is written with them needs no canonicalisation.

// Everything XML 1.0 forbids: a fault text or a header with a control character must not make our document ill-formed.
const SPECIAL_IN_TEXT = /[&<>\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]/
const SPECIAL_IN_ATTRIBUTE = /[&<"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

const TEXT: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }
const ATTRIBUTE: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' }

/** Escapes character data. Characters that XML cannot hold become U+FFFD. */
export function escapeText (s: string): string {
  if (!SPECIAL_IN_TEXT.test(s)) return s
  return s.replace(FORBIDDEN, '\ufffd').replace(/[&<>\r]/g, (c) => TEXT[c]!)
}

/** Escapes an attribute value that stands in double quotes. Characters that XML cannot hold become U+FFFD. */
export function escapeAttribute (s: string): string {
  if (!SPECIAL_IN_ATTRIBUTE.test(s)) return s
  return s.replace(FORBIDDEN, '\ufffd').replace(/[&<"\t\n\r]/g, (c) => ATTRIBUTE[c]!)
}
