import { Fault } from '@trembita/protocol/fault'

const SEMVER = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:[-+].*)?$/

/**
 * Refuses gateways older than the operator allows (xroad-messages §2.3). Without a minimum the version is not looked at.
 *
 * @throws {Fault} `ClientProxyVersionNotSupported`.
 */
export function checkProxyVersion (version: string | undefined, minimum: string | undefined): void {
  if (minimum === undefined) return
  const given = SEMVER.exec(version ?? '')
  const least = SEMVER.exec(minimum)
  if (given === null || least === null) throw new Fault('ClientProxyVersionNotSupported', 'the version of the client\'s gateway is missing or cannot be read')
  for (let part = 1; part <= 3; part++) {
    const difference = Number(given[part]) - Number(least[part])
    if (difference > 0) return
    if (difference < 0) throw new Fault('ClientProxyVersionNotSupported', `the client's gateway has version ${given[0]}, at least ${minimum} is needed`)
  }
}
