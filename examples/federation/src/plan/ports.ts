/** Ports of the demonstration, all on 127.0.0.1 (design §4). */
export const PORTS = {
  core: { admin: 4000, configuration: 4080, registration: 4001, management: 4002 },
  trust: { ocsp: 4090, tsa: 4091, ca: 4092 },
  consumer: { console: 4400, consumerHttp: 4401, consumerHttps: 4402, messages: 4403, ocsp: 4404 },
  provider: { console: 4500, consumerHttp: 4501, consumerHttps: 4502, messages: 4503, ocsp: 4504 },
  administrator: { console: 4600, consumerHttp: 4601, consumerHttps: 4602, messages: 4603, ocsp: 4604 },
  /** Takes the catalog's own reports from its gateway. */
  catalogReports: 4108,
  /** Portal for people, services for the exchange, keys of the index, operators. */
  monitor: { portal: 4100, services: 4101, keys: 4102, admin: 4107 },
  witness: 4103,
  mailbox: { smtp: 4104, pages: 4105 },
  pushService: 4106,
  identityProvider: 4200,
  portal: { pages: 4210, services: 4211 },
  /** The page of the whole federation. */
  front: 4300,
  edr: 4301,
  tax: 4302,
  displacedPersons: 4303,
  personnel: 4304,
  queue: 4305,
  quality: 4306,
  bureau: 4307,
  /** Where the demonstration stops and starts registers. */
  registers: 4309,
  cabinet: { pages: 4310, services: 4311 },
  office: { pages: 4320, services: 4321 },
  centres: { pages: 4330, services: 4331 }
} as const

export type GatewayPorts = Readonly<Record<keyof typeof PORTS.consumer, number>>

/** Where each gateway listens, by its code. */
export const GATEWAYS: Readonly<Record<string, GatewayPorts>> = { 'GW-OFFICE': PORTS.consumer, 'GW-JUSTICE': PORTS.provider, 'GW-ADMIN': PORTS.administrator }

export const localhost = (port: number, path = ''): string => `http://127.0.0.1:${port}${path}`

/** Every port that must be free. */
export function allPorts (): number[] {
  return Object.values(PORTS).flatMap((ports: number | Readonly<Record<string, number>>) => typeof ports === 'number' ? [ports] : Object.values(ports))
}
