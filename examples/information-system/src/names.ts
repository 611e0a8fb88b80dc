/** Case, kinds of apostrophe and quotation mark, and spaces do not make another name. */
export function normalName (name: string): string {
  return name.toLocaleLowerCase('uk').replace(/[’ʼ`]/g, "'").replace(/[«»"“”„]/g, '').replace(/\s+/g, ' ').trim()
}

export function isSameName (one: string, other: string): boolean {
  return normalName(one) === normalName(other)
}
