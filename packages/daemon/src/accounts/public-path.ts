/** Path below which an application stands: `` for `https://host/`, `/catalog` for `https://host/catalog`. */
export function basePathOf (publicUrl: URL): string {
  return publicUrl.pathname.replace(/\/+$/, '')
}

/** A place of ours under the application's address. */
export function publicUrlOf (publicUrl: URL, path: string): URL {
  return new URL(`${basePathOf(publicUrl)}${path}`, publicUrl)
}
