/**
 * Base64 of one canonical spelling. Anything else (stray characters, missing padding, unused bits set) is refused,
 * so that no byte of a stored signature can change without notice.
 *
 * @returns undefined when the text is not that.
 */
export function decodeBase64 (text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined
}

/** The same after white space is dropped: peers break lines, some with CR LF. */
export function decodeBase64Lines (text: string): Buffer | undefined {
  return decodeBase64(/[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text)
}
