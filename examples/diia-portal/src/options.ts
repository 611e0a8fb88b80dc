/** A body that may ask something of the portal, by `CLASS/CODE/SUBSYSTEM`, and what. */
export type PartnerScope = 'offers' | 'notices'

/** Addresses of other systems that offers and notices may lead to. */
export interface PortalLinks {
  /** The access monitor's portal; its inbox is where notices of access lead. */
  readonly monitor: string
  readonly cabinet: string
  readonly office: string
  readonly centres: string
}

export interface PortalOptions {
  /** Keys and database; made when missing. */
  readonly dataFolder: string
  /** Pages for people. Not port 0: the identity provider sends people back to an address that must be known before. */
  readonly pages: { readonly host?: string | undefined, readonly port: number }
  /** Services for the exchange (port 0: any free one): only the portal's own gateway may reach it, since it says who asks (`X-Road-Client`). */
  readonly services: { readonly host?: string | undefined, readonly port: number }
  /** What browsers reach the pages at, when it is not the listening address. */
  readonly publicUrl?: string | undefined
  readonly identityProvider: { readonly issuer: string, readonly clientId?: string | undefined }
  /** The portal's gateway for information systems, and who the portal is there: `INSTANCE/GOV/90000067/PORTAL`. */
  readonly gateway: { readonly url: string, readonly client: string, readonly timeoutMs?: number | undefined }
  readonly links?: Partial<PortalLinks> | undefined
  /** Purposes (codes of the agreements) under which registers and the cabinet are asked; without one the header is not sent. */
  readonly purposes?: { readonly documents?: string | undefined, readonly programmes?: string | undefined } | undefined
  readonly partners?: Readonly<Record<string, readonly PartnerScope[]>> | undefined
  /** PEM files of the seal under the document copies: EC P-256 key, and its certificate with those above it. Without them a key is made. */
  readonly seal?: { readonly keyFile: string, readonly certificateFile: string } | undefined
  /** May programmes be offered through the portal at all (order on the cabinet, item 2: "where technically possible")? Default yes. */
  readonly offersChannel?: boolean | undefined
  /** Origins of push services that subscriptions may name, beside those of the common browsers. Plain http only for this machine. */
  readonly pushOrigins?: readonly string[] | undefined
  /** `mailto:` or `https:` contact for push services. */
  readonly pushContact?: string | undefined
  readonly log?: boolean | undefined
}

export const DEFAULT_LINKS: PortalLinks = {
  monitor: 'http://127.0.0.1:4100', cabinet: 'http://127.0.0.1:4310', office: 'http://127.0.0.1:4320', centres: 'http://127.0.0.1:4330'
}

/** Who offers programmes and who sends notices in the demonstration. */
export const DEFAULT_PARTNERS: Readonly<Record<string, readonly PartnerScope[]>> = {
  'GOV/90000050/CABINET': ['offers', 'notices'],
  'GOV/90000104/MONITOR': ['notices'],
  'GOV/90000038/OFFICE': ['notices'],
  'GOV/90000050/OFFICE': ['notices'],
  'GOV/90000067/OFFICE': ['notices'],
  'GOV/90000080/CENTRES': ['notices']
}

/** Browsers' own push services. */
export const PUSH_ORIGINS: readonly string[] = [
  'https://fcm.googleapis.com', 'https://updates.push.services.mozilla.com', 'https://web.push.apple.com'
]
