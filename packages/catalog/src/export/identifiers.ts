/** Path of an identifier with its slashes kept. */
function pathOf (id: string): string {
  return id.split('/').map(encodeURIComponent).join('/')
}

/** Stable IRIs of entries, below the address of the catalog (catalog facts §3). They answer with a page, JSON-LD or Turtle. */
export class Identifiers {
  readonly base: string

  /** @param publicUrl of the catalog, with `/catalog`. */
  constructor (publicUrl: string) {
    this.base = publicUrl
  }

  get catalog (): string { return `${this.base}/id/catalog` }
  organisation (id: string): string { return `${this.base}/id/organisation/${pathOf(id)}` }
  resource (id: string): string { return `${this.base}/id/resource/${pathOf(id)}` }
  version (interfaceId: string, version: string): string { return `${this.base}/id/interface/${pathOf(interfaceId)}/v/${pathOf(version)}` }
  interface (id: string): string { return `${this.base}/id/interface/${pathOf(id)}` }
  service (id: string): string { return `${this.base}/id/service/${pathOf(id)}` }
  /** A page for people. */
  page (path: string, id: string): string { return `${this.base}/${path}/${pathOf(id)}` }
}
